import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { createRandom } from '../fuzz/random.ts';
import { checkDatabase } from '../support/check-database.ts';
import { liveKept, readEvents, temporaryDirectory } from '../support/store.ts';

const childPath = fileURLToPath(new URL('../support/store-child.ts', import.meta.url));
/** `CRASH_ROUNDS=100` for more of each; `CRASH_SEED=n` repeats one. */
const { CRASH_ROUNDS, CRASH_SEED } = process.env;
/** A database lives through so many, by a seed of its own. */
const roundsPerSeed = 10;
const rounds = Number(CRASH_ROUNDS ?? roundsPerSeed);
const acknowledgedPerRoundMax = 800;

interface Acknowledged {
  readonly id: number;
  readonly key: string;
}

/** Lets a process work until it has acknowledged so many, kills it, gives back all it acknowledged. */
async function workAndDie(mode: 'append' | 'live', path: string, count: number): Promise<Acknowledged[]> {
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

/** Checks a database after a kill: what it acknowledged in all its rounds is there. */
type Check = (path: string, acknowledged: readonly Acknowledged[]) => Promise<void>;

/** Kills what works on a database again and again, and checks the database each time. */
async function tryRounds(mode: 'append' | 'live', check: Check): Promise<void> {
  let seed = Number(CRASH_SEED ?? Date.now() % 1_000_000_000);
  for (let done = 0; done < rounds; seed += 1) {
    const random = createRandom(seed);
    const directory = temporaryDirectory();
    const path = directory.file('chat.db');
    const acknowledged: Acknowledged[] = [];
    for (let round = 1; round <= roundsPerSeed && done < rounds; round += 1) {
      try {
        acknowledged.push(...(await workAndDie(mode, path, 1 + random.number(acknowledgedPerRoundMax))));
        assert.equal(new Set(acknowledged.map(({ id }) => id)).size, acknowledged.length);
        await check(path, acknowledged);
      } catch (error) {
        const repeat = `CRASH_SEED=${seed} CRASH_ROUNDS=${round} npm run crash`;
        throw new Error(`Round ${round} of seed ${seed} fails. Repeat it: ${repeat}`, { cause: error });
      }
      done += 1;
    }
    directory.remove();
    if (CRASH_ROUNDS !== undefined) console.log(`${mode}: ${done} of ${rounds} rounds`);
  }
}

test('killed at any instant, every acknowledged message is there once, with its event', () =>
  tryRounds('append', async (path, acknowledged) => {
    const store = await openSqliteStore({ path, onCommit() {} });
    const page = { conversation_id: 'main', before: null, limit: Number.MAX_SAFE_INTEGER - 1 };
    const { messages } = await store.readMessages(page);
    const events = await readEvents(store, 0, messages.length + 1);
    await store.close();

    const keys = new Map(messages.map(({ id, client_message_id }) => [id, client_message_id]));
    assert.equal(keys.size, messages.length);
    assert.equal(new Set(keys.values()).size, messages.length, 'doubled');
    for (const { id, key } of acknowledged) assert.equal(keys.get(id), key);
    assert.deepEqual(
      events.map(({ position }) => position),
      messages.map((_, index) => index + 1),
    );
    assert.deepEqual(
      events.map(({ data }) => data),
      messages,
    );
    checkDatabase(path, [], 0);
  }));

test('killed amid edits, threads and removal, the database agrees with itself', () =>
  tryRounds('live', async (path, acknowledged) => {
    await (await openSqliteStore({ path, onCommit() {} })).close();
    const ids = acknowledged.map(({ id }) => id);
    checkDatabase(path, ids, liveKept);
  }));
