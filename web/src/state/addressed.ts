import { type ConversationView, type Member, parseMentions, type Task } from '../../../src/protocol/index.ts';
import { mentionableNames } from './mentionable.ts';
import { runningTasks } from './selectors.ts';

type Members = Readonly<Record<string, Member>>;

/** The agents that a text asks for something when it is said in a conversation, as the server sees it. */
export function addressedAgents(
  text: string,
  { kind, private: isPrivate, members: within }: ConversationView,
  members: Members,
): string[] {
  const isAgent = (name: string) => members[name]?.kind === 'agent';
  const { known } = parseMentions(text, mentionableNames(members));
  const mentioned = known.filter((name) => isAgent(name) && (!isPrivate || within?.includes(name)));
  const others = kind === 'direct' && within?.length === 2 ? within.filter(isAgent) : [];
  return [...new Set([...mentioned, ...(others.length === 1 ? others : [])])];
}

/** What an agent is at and can be told about; not while it is being stopped. */
export function steerableTask(tasks: Readonly<Record<string, Task>>, agentName: string): Task | null {
  const task = runningTasks({ tasks }).find(({ agent_name }) => agent_name === agentName);
  return task === undefined || task.status === 'stopping' ? null : task;
}

/** A text without the mention of an agent in front, which is how it is told to its task. */
export function withoutMentionOf(agentName: string, text: string, members: Members): string {
  const told = text.trim();
  const [first] = parseMentions(told, mentionableNames(members)).entities;
  if (first?.offset !== 0 || first.member !== agentName) return told;
  return told.slice(first.length).replace(/^[,:]?\s*/, '');
}
