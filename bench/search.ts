import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import type { MessageSearch } from '../src/store/search-store.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import type { Store } from '../src/store/store.ts';
import { readOptions } from './lib/options.ts';
import { median } from './lib/stats.ts';

/**
 * What looking back costs a member of 20 private conversations, in a chat of `--small` and of `--large`
 * messages: medians of `--repeats` calls of the store, seen from the thread that calls. The store is filled
 * by SQL, and indexed as a server does it.
 */
const options = readOptions({ small: 10_000, large: 1_000_000, repeats: 40, appends: 20_000 }, ['ours']);
const repeats = options.number('repeats');
const conversationsOfMember = 20;
const member = 'person-0';
/** In three of ten messages, and in one of 5,000. */
const [common, rare] = ['deploy', 'kumquat'];
const vocabulary = Array.from({ length: 20_000 }, (_, index) => `w${index.toString(36)}`);

/** Words as texts have them: a few are frequent, most are rare. */
function text(index: number): string {
  const words = Array.from({ length: 18 }, () => vocabulary[Math.floor(20_000 * Math.random() ** 3)]);
  if (index % 10 < 3) words[index % 18] = common;
  if (index % 5_000 === 7) words[3] = rare;
  return words.join(' ');
}

function message(index: number) {
  return {
    conversation_id: index % 10 === 0 ? `private-${index % (2 * conversationsOfMember)}` : 'main',
    sender_name: `person-${index % 200}`,
    text: text(index),
    at: new Date(Date.parse('2026-01-01') + 1_000 * index).toISOString(),
  };
}

async function fill(path: string, count: number): Promise<void> {
  const store = await openSqliteStore({ path, onCommit: () => undefined });
  const at = new Date().toISOString();
  await store.upsertPerson({ name: member, role: 'developer', at });
  await store.upsertPerson({ name: 'person-1', role: 'developer', at });
  for (let index = 0; index < 2 * conversationsOfMember; index += 1) {
    await store.createConversation({
      conversation_id: `private-${index}`,
      kind: 'channel',
      title: `private-${index}`,
      private: true,
      members: [],
      created_by: index < conversationsOfMember ? member : 'person-1',
      at,
    });
  }
  await store.close();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA synchronous = OFF; BEGIN');
  const insert = db.prepare(
    `INSERT INTO messages (message_id, conversation_id, sender_name, sender_kind, text, mentions, metadata,
       at) VALUES (?, ?, ?, 'person', ?, '[]', '{}', ?)`,
  );
  for (let index = 0; index < count; index += 1) {
    const { conversation_id, sender_name, text, at } = message(index);
    insert.run(randomUUID(), conversation_id, sender_name, text, at);
  }
  db.exec('COMMIT');
  db.close();
}

function searchFor(words: readonly string[], more: Partial<MessageSearch> = {}): MessageSearch {
  return {
    terms: words.map((text) => ({ text, prefix: false })),
    viewer: member,
    in: [],
    from: [],
    has: [],
    before: null,
    after: null,
    thread: null,
    order: 'newest',
    limit: 20,
    cursor: null,
    ...more,
  };
}

/** What is measured, each with the id of the newest message. */
const measurements: Readonly<Record<string, (store: Store, newest: number) => Promise<unknown>>> = {
  'history, newest page': (store) =>
    store.readMessages({ conversation_id: 'main', limit: 50, viewer: member }),
  'history, middle page': (store, newest) =>
    store.readMessages({
      conversation_id: 'main',
      limit: 50,
      viewer: member,
      around: Math.floor(newest / 2) + 1,
    }),
  'newest first, common word': (store) => store.searchMessages(searchFor([common])),
  'newest first, rare word': (store) => store.searchMessages(searchFor([rare])),
  'by relevance, common word': (store) => store.searchMessages(searchFor([common], { order: 'relevance' })),
  'common word of one sender': (store) => store.searchMessages(searchFor([common], { from: ['person-77'] })),
  'rare word with one that is nowhere': (store) => store.searchMessages(searchFor([rare, 'nowhere'])),
  'open ending of 3 letters': (store) =>
    store.searchMessages({ ...searchFor([]), terms: [{ text: 'dep', prefix: true }] }),
};

interface Measured {
  readonly medians: Readonly<Record<string, number>>;
  readonly indexMicros: number;
  readonly delayAtRest: number;
  readonly delayInSearch: number;
}

async function measure(count: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'opencode-slack-bench-'));
  const path = join(folder, 'chat.db');
  try {
    await fill(path, count);
    const store = await openSqliteStore({ path, onCommit: () => undefined });
    const began = performance.now();
    while ((await store.searchMessages(searchFor([rare]))).index_behind);
    const indexMicros = ((performance.now() - began) * 1_000) / count;
    const times = Object.fromEntries(Object.keys(measurements).map((name) => [name, [] as number[]]));
    for (let round = 0; round < repeats; round += 1) {
      // In turn: what else the machine does meanwhile meets all of them.
      for (const [name, call] of Object.entries(measurements)) {
        const start = performance.now();
        await call(store, count);
        times[name]?.push(performance.now() - start);
      }
    }
    const medians = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
    const delayAtRest = await delayP99(async () => {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    });
    const delayInSearch = await delayP99(async () => {
      const end = performance.now() + 3_000;
      while (performance.now() < end) await store.searchMessages(searchFor([common], { order: 'relevance' }));
    });
    await store.close();
    return { medians, indexMicros, delayAtRest, delayInSearch };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The event loop's delay of this thread meanwhile, 99th percentile, milliseconds. */
async function delayP99(work: () => Promise<void>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram.percentile(99) / 1e6;
}

/** Durable messages a second of 100 senders; without an index, whose place a folder has then. */
async function appends(count: number, indexed: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'opencode-slack-bench-'));
  if (!indexed) mkdirSync(join(folder, 'chat.db-search'));
  const store = await openSqliteStore({ path: join(folder, 'chat.db'), onCommit: () => undefined });
  let said = 0;
  const began = performance.now();
  const send = async () => {
    while (said < count) {
      said += 1;
      await store.appendMessage({
        ...message(said),
        conversation_id: 'main',
        sender_kind: 'person',
        mentions: [],
        reply_to: null,
        client_message_id: null,
        metadata: {},
      });
    }
  };
  await Promise.all(Array.from({ length: 100 }, send));
  const seconds = (performance.now() - began) / 1_000;
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return count / seconds;
}

const [small, large] = [options.number('small'), options.number('large')];
const [ofSmall, ofLarge] = [await measure(small), await measure(large)];
console.log(`\n| ms, median of ${repeats} | ${small} | ${large} | ratio |\n|---|---:|---:|---:|`);
for (const name of Object.keys(measurements)) {
  const [one, other] = [ofSmall.medians[name] ?? 0, ofLarge.medians[name] ?? 0];
  console.log(`| ${name} | ${one.toFixed(2)} | ${other.toFixed(2)} | ${(other / one).toFixed(2)} |`);
}
const { medians } = ofLarge;
const ranked = (medians['by relevance, common word'] ?? 0) / (medians['newest first, common word'] ?? 1);
console.log(`\nby relevance against newest first, at ${large}: ${ranked.toFixed(1)} times`);
for (const [count, { indexMicros, delayAtRest, delayInSearch }] of [
  [small, ofSmall],
  [large, ofLarge],
] as const) {
  console.log(
    `${count}: indexing ${indexMicros.toFixed(0)} µs a message; event loop p99 ${delayAtRest.toFixed(2)} ms` +
      ` at rest, ${delayInSearch.toFixed(2)} ms in search`,
  );
}
const rates: Record<'with' | 'without', number[]> = { with: [], without: [] };
for (let run = 0; run < options.runs; run += 1) {
  rates.with.push(await appends(options.number('appends'), true));
  rates.without.push(await appends(options.number('appends'), false));
}
console.log(
  `appends, median of ${options.runs}: ${median(rates.with).toFixed(0)} messages a second with the index, ` +
    `${median(rates.without).toFixed(0)} without`,
);
