import {
  type ChatMessage,
  type ConversationView,
  type Member,
  parseMentions,
  type Task,
  type TaskKind,
} from '../../../src/protocol/index.ts';
import type { AppState } from './app-state.ts';
import type { CardTask } from './cards.ts';
import { mentionableNames } from './mentionable.ts';
import { type Place, placeKey } from './place.ts';
import { hasEnded } from './task-state.ts';

type Members = Readonly<Record<string, Member>>;

/** Whether a text mentions somebody of the team: it is for them then, whatever thread it is said in. */
export function mentionsAnybody(text: string, members: Members): boolean {
  return parseMentions(text, mentionableNames(members)).known.length > 0;
}

/** The agent that a reply without a mention reaches, as the server sees it; null: none. */
export function threadAgentOf(
  state: Pick<AppState, 'cards' | 'rooms' | 'members' | 'conversations'>,
  place: Place,
): string | null {
  const { thread_id, conversation_id } = place;
  const conversation = state.conversations[conversation_id];
  if (thread_id === null || conversation === undefined) return null;
  const messages = state.rooms[placeKey(place)]?.messages ?? [];
  const root = messages.find(({ id }) => id === thread_id);
  const names = new Set(tasksInThread(state, thread_id).map(({ agent_name }) => agent_name));
  if (root?.sender_kind === 'agent') names.add(root.sender_name);
  const here = [...names].filter((name) => isHere(name, conversation, state.members));
  const spoke = messages.findLast(
    ({ sender_kind, sender_name }) => sender_kind === 'agent' && here.includes(sender_name),
  );
  return spoke?.sender_name ?? here[0] ?? null;
}

/** The task of an agent that is under way or waits in a thread: a reply of its kind is told to it. */
export function taskToldIn(
  state: Pick<AppState, 'cards'>,
  { thread_id }: Place,
  agent: string,
  kind: TaskKind,
): CardTask | null {
  if (thread_id === null) return null;
  const own = tasksInThread(state, thread_id).filter(({ agent_name }) => agent_name === agent);
  return own.find((task) => task.kind === kind && !hasEnded(task) && task.status !== 'stopping') ?? null;
}

/** The task that a reply was told to, as far as it is held. */
export function taskTold(
  { cards, tasks }: Pick<AppState, 'cards' | 'tasks'>,
  { thread_id, message_id }: Pick<ChatMessage, 'thread_id' | 'message_id'>,
): Task | null {
  for (const id of (thread_id !== null && cards.below[thread_id]) || []) {
    const task = tasks[id];
    if (task?.steers.some(({ steer_id }) => steer_id === message_id)) return task;
  }
  return null;
}

function tasksInThread({ cards }: Pick<AppState, 'cards'>, root: number): CardTask[] {
  return (cards.below[root] ?? []).flatMap((id) => {
    const task = cards.tasks[id];
    return task === undefined ? [] : [task];
  });
}

function isHere(
  name: string,
  { private: isPrivate, members: within }: ConversationView,
  members: Members,
): boolean {
  return members[name]?.kind === 'agent' && (!isPrivate || within?.includes(name) === true);
}
