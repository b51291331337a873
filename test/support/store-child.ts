import { rmSync, writeFileSync } from 'node:fs';
import { isErrorCode } from '../../src/protocol/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { liveKept, says } from './store.ts';

/** A process of its own with a store in it, to be killed or starved: `store-child.ts MODE PATH`. */

const senders = 50;
const [mode, path = ''] = process.argv.slice(2);
const modes: Readonly<Record<string, (store: Store) => Promise<void>>> = { hold, append, live, fill };

/** Has the database until it is killed. */
async function hold(): Promise<void> {
  process.stdin.resume();
}

/**
 * Appends as fast as it can until it is killed, and prints `id client_message_id` of what was acknowledged.
 */
async function append(store: Store): Promise<void> {
  let count = 0;
  const send = async (): Promise<void> => {
    for (;;) {
      count += 1;
      const client_message_id = `${process.pid}-${count}`;
      const { id } = await store.appendMessage(says('x'.repeat(count % 500), { client_message_id }));
      process.stdout.write(`${id} ${client_message_id}\n`);
    }
  };
  await Promise.all(Array.from({ length: senders }, send));
}

/**
 * The same while messages are answered in threads, edited, deleted, pinned and reacted to, and all but the
 * newest `liveKept` are removed.
 */
async function live(store: Store): Promise<void> {
  const at = new Date().toISOString();
  let count = 0;
  let newest = 1;
  let reached = 0;
  const mark = () => ({ message_id: Math.max(1, newest - (count % 97)), by: 'dana', at });
  const changes = [
    () => store.editMessage({ ...mark(), text: `edited ${count}`, mentions: [] }),
    () => store.deleteMessage({ ...mark(), anyones: false }),
    () => store.pinMessage({ ...mark(), on: count % 40 === 0 }),
    () => store.react({ ...mark(), emoji: '+', on: count % 3 > 0 }),
    () => store.trimJournal({ keep: 4 * liveKept, before: null, limit: 50 }),
    async () => {
      const step = { keep: liveKept, before: null, after: reached, limit: 50, at };
      const result = await store.removeMessages(step);
      reached = result.done ? 0 : result.reached;
    },
  ];
  const send = async (): Promise<void> => {
    for (;;) {
      count += 1;
      const client_message_id = `${process.pid}-${count}`;
      const thread_id = count % 5 === 0 ? mark().message_id : null;
      const said = says(`x @omar ${count}`, { client_message_id, mentions: ['omar'], thread_id, at });
      const change = changes[count % changes.length];
      await Promise.all([
        store.appendMessage(said).then(({ id }) => {
          newest = Math.max(newest, id);
          process.stdout.write(`${id} ${client_message_id}\n`);
        }, ignoreRefusal),
        change?.().catch(ignoreRefusal),
      ]);
    }
  };
  await store.upsertPerson({ name: 'omar', role: 'user', at });
  await Promise.all(Array.from({ length: senders }, send));
}

/** What a message is answered or changed for may be gone. */
function ignoreRefusal(error: unknown): void {
  if (!['unknown_message', 'forbidden', 'limit_reached'].includes(codeOf(error))) throw error;
}

/** Appends until the disk is full, makes room, appends again, and prints what it saw. */
async function fill(store: Store): Promise<void> {
  const ballast = `${path}.ballast`;
  writeFileSync(ballast, Buffer.alloc(1024 * 1024, 1));
  const acknowledged: number[] = [];
  const append = async () => acknowledged.push((await store.appendMessage(says('y'.repeat(10_000)))).id);
  const page = { conversation_id: 'main', before: null, limit: 100_000 };
  const refusals = new Set<string>();
  while (refusals.size === 0) {
    for (const result of await Promise.allSettled(Array.from({ length: 10 }, append))) {
      if (result.status === 'rejected') refusals.add(codeOf(result.reason));
    }
  }
  const whileFull = (await store.readMessages(page)).messages.map(({ id }) => id);
  const beforeRoom = acknowledged.length;
  rmSync(ballast);
  await append();
  const { messages } = await store.readMessages(page);
  const stored = messages.map(({ id }) => id);
  await store.close();
  process.stdout.write(
    JSON.stringify({
      refusals: [...refusals],
      whileFull: whileFull.length,
      beforeRoom,
      acknowledged,
      stored,
    }),
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && isErrorCode(error.code) ? error.code : String(error);
}

const run = modes[mode ?? ''];
if (run === undefined) throw new Error('usage: store-child.ts hold|append|fill PATH');
const store = await openSqliteStore({ path, onCommit() {} });
if (mode === 'hold') process.stdout.write('open\n');
await run(store);
