import type { Bus } from './bus/bus.ts';
import type { Conversations } from './chat/conversations.ts';
import type { Log } from './lib/log.ts';
import { ChatError, type ChatMessage, type JournalEvent, limits, readEntry } from './protocol/index.ts';
import type { Store } from './store/store.ts';
import type { Tasks } from './tasks/tasks.ts';

/** What follows from events in one domain for another. */
export interface Reactions {
  /** Resolves when everything announced so far has been acted on. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface ReactionsDependencies {
  readonly store: Store;
  readonly bus: Bus;
  readonly conversations: Pick<Conversations, 'addressees'>;
  readonly tasks: Tasks;
  readonly log: Log;
}

const cursorName = 'mentions';
const cursorSaveIntervalMs = 1_000;

/**
 * A message of a person that addresses agents gives each of them a task, and so does what an agent says of
 * its own accord; its reports and acknowledgements ask for nothing. It follows the journal with a cursor
 * of its own: what was committed right before a crash is acted on after it, and acting twice changes nothing.
 */
export async function startReactions({
  store,
  bus,
  conversations,
  tasks,
  log,
}: ReactionsDependencies): Promise<Reactions> {
  let work = Promise.resolve();
  let position = (await store.readCursor(cursorName)) ?? 0;
  let saved = position;

  const follow = (events: readonly JournalEvent[]) => {
    for (const event of events) {
      if (event.position <= position) continue;
      position = event.position;
      if (event.type === 'chat_message' && asks(event.data)) react(event.data);
    }
  };

  function asks({ sender_kind, metadata }: ChatMessage): boolean {
    if (sender_kind === 'agent') return metadata.kind === 'said' && metadata.task_id !== undefined;
    // What steers a task is told to that task, and makes no other.
    return sender_kind === 'person' && metadata.kind !== 'steer';
  }

  function react(message: ChatMessage): void {
    for (const name of conversations.addressees(message)) {
      if (name === message.sender_name) continue;
      work = work.then(() => assign(message, name));
    }
  }

  async function assign(message: ChatMessage, agent: string): Promise<void> {
    try {
      await tasks.assignFromMessage(message, agent);
    } catch (error) {
      if (!(error instanceof ChatError))
        log.error({ err: error, message: message.id }, 'could not assign a task');
      const text = error instanceof ChatError ? error.message : 'Something went wrong; it was logged.';
      await store.appendMessage({
        conversation_id: message.conversation_id,
        sender_name: 'system',
        sender_kind: 'system',
        text: `@${agent} could not take that: ${text}`,
        mentions: [],
        reply_to: message.id,
        client_message_id: `unassigned-${message.message_id}-${agent}`,
        metadata: { kind: 'notice' },
        at: message.timestamp,
      });
    }
  }

  async function saveCursor(): Promise<void> {
    const reached = position;
    await work;
    if (reached === saved) return;
    await store.saveCursor(cursorName, reached);
    saved = reached;
  }

  const orLog = (error: unknown) => log.error({ err: error }, 'a reaction failed');
  for (let page = await store.readJournal(position, limits.journalPageMax); page.length > 0; ) {
    follow(page.map(readEntry));
    page = await store.readJournal(position, limits.journalPageMax);
  }
  const unsubscribe = bus.subscribe(follow);
  const timer = setInterval(() => void saveCursor().catch(orLog), cursorSaveIntervalMs);
  return {
    settled: () => work,
    async close() {
      unsubscribe();
      clearInterval(timer);
      await saveCursor();
    },
  };
}
