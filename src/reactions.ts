import type { Bus } from './bus/bus.ts';
import type { Conversations } from './chat/conversations.ts';
import type { Log } from './lib/log.ts';
import { ChatError, type ChatMessage, type JournalEvent, limits, readEntry } from './protocol/index.ts';
import type { Store } from './store/store.ts';
import type { Help } from './tasks/help.ts';
import type { Tasks } from './tasks/tasks.ts';
import type { ThreadReplies } from './tasks/thread-replies.ts';

/** What follows from events in one domain for another. */
export interface Reactions {
  /** Resolves when everything announced so far has been acted on. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface ReactionsDependencies {
  readonly store: Store;
  readonly bus: Bus;
  readonly conversations: Pick<Conversations, 'addressees' | 'threadAgent'>;
  readonly tasks: Pick<Tasks, 'assignFromMessage'>;
  readonly replies: ThreadReplies;
  readonly help: Pick<Help, 'askAgents' | 'agentAnswered' | 'answeredBy'>;
  readonly log: Log;
}

const cursorName = 'mentions';
const cursorSaveIntervalMs = 1_000;

/**
 * A message of a person that addresses agents gives each of them a task, and so does what an agent says of
 * its own accord; its reports and acknowledgements ask for nothing. What replies to a request for help goes
 * to the agent that is stuck, and what helpers answer does too. It follows the journal with a cursor of its
 * own: what was committed right before a crash is acted on after it, and acting twice changes nothing.
 */
export async function startReactions({
  store,
  bus,
  conversations,
  tasks,
  replies,
  help,
  log,
}: ReactionsDependencies): Promise<Reactions> {
  let work = Promise.resolve();
  let position = (await store.readCursor(cursorName)) ?? 0;
  let saved = position;
  const orLog = (error: unknown) => log.error({ err: error }, 'a reaction failed');

  const follow = (events: readonly JournalEvent[]) => {
    for (const event of events) {
      if (event.position <= position) continue;
      position = event.position;
      if (event.type === 'chat_message' && asks(event.data)) react(event.data);
      else if (event.type === 'message_deleted') later(() => replies.requestDeleted(event.data));
      else if (event.type === 'help_request') later(() => help.askAgents(event.data));
      else if (event.type === 'task_completion') later(() => help.agentAnswered(event.data));
    }
  };

  function asks({ sender_kind, metadata }: ChatMessage): boolean {
    if (sender_kind === 'agent') return metadata.kind === 'said' && metadata.task_id !== undefined;
    // What steers a task is told to that task, and makes no other.
    return sender_kind === 'person' && metadata.kind !== 'steer';
  }

  function later(act: () => Promise<void>): void {
    work = work.then(act).catch(orLog);
  }

  /**
   * What replies to a request for help is help; anything else gives those whom it addresses a task. A reply
   * that addresses nobody reaches the agent whose thread it is in.
   */
  function react(message: ChatMessage): void {
    later(async () => {
      if (await help.answeredBy(message)) return;
      const addressed = conversations.addressees(message);
      for (const name of addressed) {
        if (name !== message.sender_name) {
          await orSay(message, name, () => tasks.assignFromMessage(message, name));
        }
      }
      const isReply = message.thread_id !== null || message.reply_to !== null;
      if (addressed.length > 0 || !isReply || message.sender_kind !== 'person') return;
      const agent = await conversations.threadAgent(message);
      if (agent !== undefined) await orSay(message, agent, () => replies.take(message, agent));
    });
  }

  /** Says in the thread of a message why an agent could not take it. */
  async function orSay(message: ChatMessage, agent: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      // The room was told, and how to go on.
      if (error instanceof ChatError && error.code === 'chain_paused') return;
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
