import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DurableEventType, type JournalEvent, readEntry } from '../../src/protocol/index.ts';
import type { NewCredential, NewSession } from '../../src/store/identity-store.ts';
import type { MessageSearch } from '../../src/store/search-store.ts';
import type { NewAgent, NewMessage, NewTask, Store, TaskStep } from '../../src/store/store.ts';

/** Inputs of store operations with everything filled in, and places to keep stores in, for tests. */

export const noon = '2026-01-02T12:00:00.000Z';

/** Messages that `store-child.ts live` keeps. */
export const liveKept = 300;

export function says(text: string, more: Partial<NewMessage> = {}): NewMessage {
  return {
    conversation_id: 'main',
    sender_name: 'dana',
    sender_kind: 'person',
    text,
    mentions: [],
    reply_to: null,
    client_message_id: null,
    metadata: {},
    at: noon,
    ...more,
  };
}

export function anAgent(name: string, more: Partial<NewAgent> = {}): NewAgent {
  return { name, role: 'developer', smartness: 'normal', state: 'idle', reason: null, at: noon, ...more };
}

export function aCredential(id: string, more: Partial<NewCredential> = {}): NewCredential {
  return {
    id,
    hash: `hash of ${id}`,
    kind: 'session',
    user_id: 'dana',
    role: 'admin',
    device: 'Firefox',
    address: null,
    made_by: null,
    created_at: noon,
    expires_at: '2026-01-03T12:00:00.000Z',
    ...more,
  };
}

export function aSession(id: string, more: Partial<NewSession> = {}): NewSession {
  const { user_id: _, role: __, made_by: ___, ...session } = aCredential(id, more);
  return { ...session, kind: more.kind ?? 'session' };
}

export function aTask(task_id: string, more: Partial<NewTask> = {}): NewTask {
  return {
    task_id,
    agent_name: 'elad',
    kind: 'work',
    description: `do ${task_id}`,
    requested_by: 'dana',
    conversation_id: 'main',
    message_id: null,
    model: null,
    mode: 'build',
    acknowledgement: null,
    at: noon,
    ...more,
  };
}

export function claim(task_id: string, worker_id: string, more: Partial<TaskStep> = {}): TaskStep {
  return {
    task_id,
    from: ['assigned'],
    to: 'working',
    worker_id,
    exclusive: true,
    agent_state: 'working',
    notification: 'started',
    reason: null,
    announcement: null,
    at: noon,
    ...more,
  };
}

export function finish(
  task_id: string,
  outcome: 'completed' | 'failed' | 'stopped',
  more: Partial<TaskStep> = {},
): TaskStep {
  return {
    task_id,
    from: ['working', 'stopping'],
    to: outcome,
    agent_state: outcome === 'stopped' ? 'idle' : outcome,
    notification: outcome,
    reason: null,
    announcement: null,
    at: noon,
    ...more,
  };
}

/** A search for one term, by the server itself unless told otherwise. */
export function searchesFor(text: string, more: Partial<MessageSearch> = {}): MessageSearch {
  return {
    terms: text === '' ? [] : [{ text, prefix: false }],
    from: [],
    in: [],
    has: [],
    thread: null,
    before: null,
    after: null,
    order: 'newest',
    cursor: null,
    limit: 20,
    viewer: null,
    ...more,
  };
}

/** Where one journal lives: the same one however often it is opened. */
export interface StorePlace {
  open(onCommit: (events: JournalEvent[]) => void): Promise<Store>;
  remove(): Promise<void>;
}

/** A store with what it announced. */
export interface Watched {
  store: Store;
  readonly batches: JournalEvent[][];
  /** Everything announced so far, in order. */
  events(): JournalEvent[];
  /** The types announced since the last call. */
  news(): DurableEventType[];
  /** Closes the store and opens it again. */
  reopen(): Promise<Store>;
}

/** The store of the test that runs, opened anew for each. */
export interface Subject {
  readonly store: Store;
  readonly watched: Watched;
}

export async function watch(place: StorePlace): Promise<Watched> {
  const batches: JournalEvent[][] = [];
  let seen = 0;
  const events = () => batches.flat();
  const open = () => place.open((batch) => batches.push(batch));
  const watched: Watched = {
    store: await open(),
    batches,
    events,
    news() {
      const types = events().slice(seen);
      seen += types.length;
      return types.map((event) => event.type);
    },
    async reopen() {
      await watched.store.close();
      watched.store = await open();
      return watched.store;
    },
  };
  return watched;
}

/** A directory for one test's files. */
export function temporaryDirectory(): { path: string; file(name: string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'opencode-slack-store-'));
  return {
    path,
    file: (name) => join(path, name),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The events of the journal after a position. */
export async function readEvents(store: Store, after: number, limit: number): Promise<JournalEvent[]> {
  return (await store.readJournal(after, limit)).map(readEntry);
}
