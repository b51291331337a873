import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import { runClient } from './lib/load.ts';
import { readOptions } from './lib/options.ts';
import { startServer } from './lib/server.ts';
import { interleave, printTable } from './lib/table.ts';
import type { LoadResult } from './load/job.ts';

/**
 * A chat of `--messages` messages, of which `--keep` are kept: what removing the others does to those who
 * talk meanwhile, against the same chat at rest.
 */
const options = readOptions({ messages: 1_000_000, keep: 10_000, rate: 50, receivers: 50, bytes: 300 }, [
  'ours',
]);
const [messages, keep] = [options.number('messages'), options.number('keep')];
const textBytes = options.number('bytes');
const warmupMs = 3_000;
/** The load client connects and waits for so long before it begins. */
const beforeWarmupMs = 1_500;

interface Run extends LoadResult {
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly removed: number;
}

const folder = mkdtempSync(join(tmpdir(), 'opencode-slack-bench-'));
const filled = join(folder, 'filled.db');

/** As if all had been said a while ago: no commit for each. */
async function fill(): Promise<void> {
  const store = await openSqliteStore({ path: filled, onCommit: () => undefined });
  await store.close();
  const db = new DatabaseSync(filled);
  const text = 'lorem ipsum '.repeat(Math.ceil(textBytes / 12)).slice(0, textBytes);
  db.exec(`
    BEGIN;
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${messages})
      INSERT INTO messages (id, message_id, conversation_id, sender_name, sender_kind, text, mentions,
          client_message_id, metadata, at)
        SELECT n, 'm' || n, 'main', 'person-1', 'person', '${text}', '[]', 'c' || n, '{}',
          '2026-01-01T00:00:00.000Z' FROM numbers;
    INSERT INTO journal (position, type, data, at, message_id)
      SELECT id, 'chat_message', json_object('id', id, 'message_id', message_id, 'conversation_id', 'main',
        'text', text, 'sender', sender_name, 'sender_name', sender_name, 'sender_kind', sender_kind,
        'timestamp', at, 'mentions', json('[]'), 'reply_to', NULL), at, id FROM messages;
    INSERT INTO cursors VALUES ('mentions', ${messages});
    UPDATE conversations SET message_count = ${messages}, last_message_id = ${messages};
    COMMIT;
    PRAGMA wal_checkpoint(TRUNCATE);
  `);
  db.close();
}

function countMessages(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true });
  const count = Number(db.prepare('SELECT message_count FROM conversations').get()?.message_count);
  db.close();
  return count;
}

async function run(maxMessages: number): Promise<Run> {
  const [peer] = options.peers;
  if (peer?.name !== 'ours') throw new Error('Only ours keeps messages.');
  const place = mkdtempSync(join(folder, 'run-'));
  const dbPath = join(place, 'chat.db');
  copyFileSync(filled, dbPath);
  const server = await startServer(peer, options.nodeArgs, [place, String(maxMessages)]);
  try {
    const { pid, port } = server;
    const windowMs = options.seconds * 1_000;
    const load = { receivers: options.number('receivers'), rate: options.number('rate'), inFlight: 1 };
    const job = { ...load, pid, port, protocol: peer.protocol, textBytes, heatMs: 0, warmupMs, windowMs };
    // The report begins a new measurement of the event loop.
    const begun = new Promise((resolve) => setTimeout(resolve, beforeWarmupMs + warmupMs));
    const measured = begun.then(() => server.report()).then(() => countMessages(dbPath));
    const [result, before] = await Promise.all([runClient(job), measured]);
    const { loopDelayP99Ms = Number.NaN, loopDelayMaxMs = Number.NaN } = await server.report();
    const removed = before - countMessages(dbPath) + options.seconds * load.rate;
    return { ...result, loopDelayP99Ms, loopDelayMaxMs, removed };
  } finally {
    await server.stop();
    rmSync(place, { recursive: true, force: true });
  }
}

try {
  await fill();
  const states = [
    { name: 'at rest', maxMessages: 0 },
    { name: 'removing', maxMessages: keep },
  ];
  const rows = await interleave(states, options.runs, ({ maxMessages }) => run(maxMessages));
  printTable(
    `${messages} messages, ${keep} kept, ${options.number('rate')} messages/s, ${options.runs} runs`,
    [
      { heading: 'loop delay p99 ms', value: (one) => one.loopDelayP99Ms, digits: 2, ratio: true },
      { heading: 'loop delay max ms', value: (one) => one.loopDelayMaxMs, digits: 1 },
      { heading: 'latency p50 ms', value: (one) => one.latencyP50Ms, digits: 1 },
      { heading: 'latency p99 ms', value: (one) => one.latencyP99Ms, digits: 1, ratio: true },
      { heading: 'removed/s', value: (one) => one.removed / options.seconds, digits: 0 },
    ],
    rows,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
