import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkDatabase } from '../../../test/support/check-database.ts';
import { liveKept, readEvents, temporaryDirectory } from '../../../test/support/store.ts';
import { openSqliteStore } from './open.ts';

const childPath = fileURLToPath(new URL('../../../test/support/store-child.ts', import.meta.url));
/** `CRASH_ROUNDS=100` for more of each. */
const rounds = Number(process.env.CRASH_ROUNDS ?? 10);
const acknowledgedPerRoundMax = 800;

/** Lets a process work until it has acknowledged so many, kills it, gives back all it acknowledged. */
async function workAndDie(
  mode: 'append' | 'live',
  path: string,
  count: number,
): Promise<{ id: number; key: string }[]> {
  const child = spawn(process.execPath, [childPath, mode, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let lines = 0;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    output += chunk;
    lines += chunk.split('\n').length - 1;
    if (lines >= count) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGKILL');
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [id, key] = line.split(' ');
      return { id: Number(id), key: key ?? '' };
    });
}

/** A small generator of numbers from 0 to 1 that repeats for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function checkFile(path: string): void {
  const db = new DatabaseSync(path);
  assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
  db.close();
}

test('killed at any instant, every acknowledged message is there once, with its event', async (context) => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  context.diagnostic(`SEED=${seed}`);
  const random = seeded(seed);
  const directory = temporaryDirectory();
  const path = directory.file('chat.db');
  const acknowledged: { id: number; key: string }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    acknowledged.push(
      ...(await workAndDie('append', path, 1 + Math.floor(random() * acknowledgedPerRoundMax))),
    );
    const store = await openSqliteStore({ path, onCommit() {} });
    const page = { conversation_id: 'main', before: null, limit: Number.MAX_SAFE_INTEGER - 1 };
    const { messages } = await store.readMessages(page);
    const events = await readEvents(store, 0, messages.length + 1);
    await store.close();
    checkFile(path);

    const where = `round ${round}, SEED=${seed}`;
    const keys = new Map(messages.map(({ id, client_message_id }) => [id, client_message_id]));
    assert.equal(keys.size, messages.length, where);
    assert.equal(new Set(keys.values()).size, messages.length, `doubled, ${where}`);
    for (const { id, key } of acknowledged) assert.equal(keys.get(id), key, where);
    assert.equal(new Set(acknowledged.map(({ id }) => id)).size, acknowledged.length, where);
    assert.deepEqual(
      events.map(({ position }) => position),
      messages.map((_, index) => index + 1),
      where,
    );
    assert.deepEqual(
      events.map(({ data }) => data),
      messages,
      where,
    );
  }
  directory.remove();
});

test('killed amid edits, threads and removal, the database agrees with itself', async (context) => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  context.diagnostic(`SEED=${seed}`);
  const random = seeded(seed);
  const directory = temporaryDirectory();
  const path = directory.file('chat.db');
  const acknowledged: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const lines = await workAndDie('live', path, 1 + Math.floor(random() * acknowledgedPerRoundMax));
    acknowledged.push(...lines.map(({ id }) => id));
    await (await openSqliteStore({ path, onCommit() {} })).close();
    checkDatabase(path, acknowledged, liveKept);
  }
  assert.equal(new Set(acknowledged).size, acknowledged.length);
  directory.remove();
});
