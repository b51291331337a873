import type {
  ChatMessage,
  CommandReply,
  FollowedThread,
  MessageTask,
  Task,
} from '../../../src/protocol/index.ts';
import type { AppState } from './app-state.ts';
import type { Cards, CardTask } from './cards.ts';
import type { Place } from './place.ts';
import { hasEnded } from './task-state.ts';

/** Of more, those that have ended and were heard of first are let go. */
export const heldCardsMax = 2_000;
const heldThreadsMax = 500;

const reportKinds: ReadonlySet<string | undefined> = new Set([
  'answer',
  'task_completed',
  'task_failed',
  'task_stopped',
  'task_interrupted',
]);
const needsPeople: ReadonlySet<string | undefined> = new Set(['approval', 'help_request']);

/** The message that reports the end of a task. */
function isReport({ metadata: { kind, task_id } }: Pick<ChatMessage, 'metadata'>): boolean {
  return task_id !== undefined && reportKinds.has(kind);
}

/** A task was given, or something about it changed. */
export function putCardOf(state: AppState, task: Task): AppState {
  const held = state.cards.tasks[task.task_id];
  const { message_id, conversation_id } = task;
  if (message_id === null || (held && hasEnded(held))) return state;
  const thread_id = held?.thread_id ?? state.cards.threads[message_id] ?? null;
  const report = held?.report ?? null;
  const card: CardTask = { ...fieldsOf(task), message_id, conversation_id, thread_id, report };
  return { ...state, cards: linkFormer(putCards(state.cards, [card]), task) };
}

/** The tasks of a page of messages. What was heard meanwhile is newer than an answer. */
export function putCardsOf(
  state: AppState,
  { conversation_id, tasks }: Pick<CommandReply<'get_chat_history'>, 'conversation_id' | 'tasks'>,
): AppState {
  const cards = tasks.flatMap((task): CardTask[] => {
    const { message_id } = task;
    if (message_id === null) return [];
    const loaded = { ...task, message_id, conversation_id };
    const held = state.cards.tasks[task.task_id];
    if (held === undefined || (hasEnded(task) && task.report !== null)) return [loaded];
    const known = hasEnded(task) && !hasEnded(held) ? loaded : held;
    return [{ ...known, thread_id: task.thread_id, report: held.report ?? task.report }];
  });
  return cards.length === 0 ? state : { ...state, cards: putCards(state.cards, cards) };
}

/** The tasks of the messages that followed threads hang from. */
export function putCardsOfThreads(
  state: AppState,
  threads: readonly FollowedThread[],
  tasks: readonly MessageTask[],
): AppState {
  return threads.reduce((before, { message: { id, conversation_id } }) => {
    const own = tasks.filter((task) => (task.thread_id ?? task.message_id) === id);
    return putCardsOf(before, { conversation_id, tasks: own });
  }, state);
}

/**
 * The tasks under way, as the server lists them. Others that were held as under way have ended while nobody
 * listened: the pages that are loaded next say how.
 */
export function replaceActiveCards(state: AppState, active: Readonly<Record<string, Task>>): AppState {
  const kept = Object.values(state.cards.tasks).filter((card) => hasEnded(card) || card.task_id in active);
  const cards = { ...state.cards, tasks: byId(kept), below: indexOf(kept) };
  return Object.values(active).reduce(putCardOf, { ...state, cards });
}

/** Something was said: a reply, of which a task may come; news of a task in its thread; its report. */
export function hearForCards(state: AppState, message: ChatMessage): AppState {
  const { id, thread_id, metadata } = message;
  if (thread_id === null) return state;
  const threads = withThread(state.cards.threads, id, thread_id);
  const told = isReport(message) || needsPeople.has(metadata.kind) ? message : state.cards.told;
  const cards = { ...state.cards, threads, told };
  const held = cards.tasks[metadata.task_id ?? ''];
  if (held === undefined) return { ...state, cards };
  const isInThread = thread_id !== held.message_id;
  const card = {
    ...held,
    thread_id: held.thread_id ?? (isInThread ? thread_id : null),
    report: isReport(message) ? message : held.report,
  };
  return { ...state, cards: putCards(cards, [card]) };
}

/** A report was edited or deleted. */
export function withReport(
  state: AppState,
  id: number,
  change: (report: ChatMessage) => ChatMessage,
): AppState {
  const card = Object.values(state.cards.tasks).find(({ report }) => report?.id === id);
  if (!card?.report) return state;
  return { ...state, cards: putCards(state.cards, [{ ...card, report: change(card.report) }]) };
}

/**
 * Whether a card stands below a message. In a channel the message that a thread hangs from also shows what is
 * under way in the thread, so that nothing runs unseen. A task that was taken up again leaves its place.
 */
export function isCardShown(cards: Cards, taskId: string, place: Place, messageId: number): boolean {
  const card = cards.tasks[taskId];
  if (card === undefined) return false;
  const successor = card.successor_id === null ? undefined : cards.tasks[card.successor_id];
  if (successor?.message_id === card.message_id) return false;
  if (card.message_id === messageId) return true;
  return place.thread_id === null && card.thread_id === messageId && !hasEnded(card);
}

/** Whether the card of a task stands below a message, or in the thread that the message is in. */
export function isCardAbove(
  { tasks }: Cards,
  taskId: string,
  { id, thread_id }: Pick<ChatMessage, 'id' | 'thread_id'>,
): boolean {
  const card = tasks[taskId];
  if (card === undefined) return false;
  return card.message_id === id || (thread_id !== null && (card.thread_id ?? card.message_id) === thread_id);
}

function fieldsOf(task: Task): Omit<MessageTask, 'message_id' | 'thread_id' | 'report'> {
  const { task_id, agent_name, kind, description, status, progress, indeterminate, requested_by } = task;
  const { created_at, started_at, ended_at, reason, successor_id } = task;
  const asked = { task_id, agent_name, kind, description, requested_by, created_at };
  return { ...asked, status, progress, indeterminate, started_at, ended_at, reason, successor_id };
}

function linkFormer(cards: Cards, { task_id, predecessor }: Task): Cards {
  const former = cards.tasks[predecessor?.task_id ?? ''];
  if (former === undefined || former.successor_id === task_id) return cards;
  return putCards(cards, [{ ...former, successor_id: task_id }]);
}

function putCards(cards: Cards, news: readonly CardTask[]): Cards {
  const isPlaced = ({ task_id, thread_id }: CardTask) => cards.tasks[task_id]?.thread_id === thread_id;
  const tasks = { ...cards.tasks, ...byId(news) };
  const count = Object.keys(tasks).length;
  if (count <= heldCardsMax && news.every(isPlaced)) return { ...cards, tasks };
  const kept = count <= heldCardsMax ? Object.values(tasks) : withoutOldest(Object.values(tasks));
  const below = indexOf(kept, cards.below);
  return { ...cards, tasks: count <= heldCardsMax ? tasks : byId(kept), below };
}

function withoutOldest(cards: readonly CardTask[]): CardTask[] {
  let tooMany = cards.length - Math.floor(heldCardsMax * 0.9);
  return cards.filter((card) => {
    if (tooMany <= 0 || !hasEnded(card)) return true;
    tooMany -= 1;
    return false;
  });
}

/** Tasks in the order in which they were given, in whatever order they were heard of. */
function indexOf(cards: readonly CardTask[], before: Cards['below'] = {}): Cards['below'] {
  const below: Record<number, string[]> = {};
  const ordered = [...cards].sort((a, b) => a.created_at.localeCompare(b.created_at));
  for (const { task_id, message_id, thread_id } of ordered) {
    for (const id of new Set([message_id, thread_id ?? message_id])) {
      below[id] ??= [];
      below[id].push(task_id);
    }
  }
  // A list that is the same stays the same object: whoever shows it need not look again.
  return Object.fromEntries(
    Object.entries(below).map(([id, ids]) => {
      const known = before[Number(id)];
      return [id, known?.join() === ids.join() ? known : ids];
    }),
  );
}

function byId(cards: readonly CardTask[]): Cards['tasks'] {
  return Object.fromEntries(cards.map((card) => [card.task_id, card]));
}

function withThread(threads: Cards['threads'], id: number, thread: number): Cards['threads'] {
  const next = { ...threads, [id]: thread };
  const ids = Object.keys(next);
  if (ids.length <= heldThreadsMax) return next;
  // Keys that are numbers come in rising order.
  return Object.fromEntries(ids.slice(-heldThreadsMax / 2).map((key) => [key, next[Number(key)] ?? 0]));
}
