import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldersOf } from '../src/lib/path-patterns.ts';
import { type LockTarget, limits } from '../src/protocol/index.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import type { Store } from '../src/store/store.ts';
import { readOptions } from './lib/options.ts';
import { median } from './lib/stats.ts';

/**
 * What taking locks costs the others while `--held` locks are held: `--paths` paths of `--segments` parts
 * against one path, and what a stranger's message waits while one member takes three times so many.
 */
const options = readOptions(
  { held: limits.locksMax - limits.locksPerMemberMax, paths: 60, segments: 64, repeats: 40 },
  ['ours'],
);
const [held, paths, repeats] = ['held', 'paths', 'repeats'].map((name) => options.number(name)) as [
  number,
  number,
  number,
];
const at = new Date().toISOString();
const target = (key: string): LockTarget => ({ key, path: key, kind: 'file' });
const deep = (name: string) => target(`${name}/${'a/'.repeat(options.number('segments') - 2)}b`);

async function fill(store: Store): Promise<void> {
  for (let done = 0; done < held; done += limits.locksPerMemberMax) {
    const holder = `agent-${done / limits.locksPerMemberMax}`;
    await store.hireAgent({
      name: holder,
      role: 'tester',
      smartness: 'normal',
      state: 'idle',
      reason: null,
      at,
    });
    const files = Array.from({ length: Math.min(limits.locksPerMemberMax, held - done) }, (_, index) =>
      target(`src/${index % 100}/${done + index}.ts`),
    );
    await store.acquireLocks({ holder, task_id: null, targets: files, reason: '', at });
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await act();
  return performance.now() - startedMs;
}

const folder = mkdtempSync(join(tmpdir(), 'opencode-slack-bench-'));
const store = await openSqliteStore({ path: join(folder, 'chat.db'), onCommit: () => undefined });
try {
  for (const name of ['mallory', 'stranger']) await store.upsertPerson({ name, role: 'developer', at });
  await fill(store);
  const take = async (count: number, round: string) => {
    const targets = Array.from({ length: count }, (_, index) => deep(`${round}-${index}`));
    await store.acquireLocks({ holder: 'mallory', task_id: null, targets, reason: '', at });
  };
  const free = () =>
    store.releaseLocks({ holder: 'mallory', targets: null, why: 'released', by: 'mallory', at });
  const say = () =>
    store.appendMessage({
      ...{
        conversation_id: 'main',
        sender_name: 'stranger',
        sender_kind: 'person',
        text: 'hello',
        mentions: [],
      },
      ...{ reply_to: null, client_message_id: null, metadata: {}, at },
    });
  const measured = {
    one: [] as number[],
    many: [] as number[],
    alone: [] as number[],
    beside: [] as number[],
  };
  for (let round = 0; round < repeats; round += 1) {
    measured.one.push(await timed(() => take(1, `one-${round}`)));
    await free();
    measured.many.push(await timed(() => take(paths, `many-${round}`)));
    await free();
    measured.alone.push(await timed(say));
    const frames = [1, 2, 3].map((frame) => take(paths, `beside-${round}-${frame}`));
    measured.beside.push(await timed(say));
    await Promise.all(frames);
    await free();
  }
  const [one, many, alone, beside] = Object.values(measured).map(median) as [number, number, number, number];
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  console.log(`${held} locks held, paths of ${foldersOf(deep('x')).length} parts; medians of ${repeats}.`);
  console.log(`One path ${ms(one)}, ${paths} paths ${ms(many)}: ${ms(many - one)} more in the writer.`);
  console.log(`A stranger's message ${ms(alone)} alone, ${ms(beside)} beside three times ${paths} paths:`);
  console.log(`it waits ${ms(beside - alone)} more.`);
} finally {
  await store.close();
  rmSync(folder, { recursive: true });
}
