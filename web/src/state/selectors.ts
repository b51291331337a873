import type { AgentState, AgentStatus, Member, Task } from '../../../src/protocol/index.ts';
import type { AppState, Room } from './app-state.ts';
import { hasEnded } from './task-state.ts';

export interface Agent {
  readonly member: Member;
  readonly status: AgentStatus | undefined;
  readonly state: AgentState;
}

/** Agents in the order of their hiring: a list that does not jump while they work. */
export function agentsOf(state: Pick<AppState, 'members' | 'agents'>): Agent[] {
  return Object.values(state.members)
    .filter((member) => member.kind === 'agent')
    .sort((a, b) => a.joined_at.localeCompare(b.joined_at) || a.name.localeCompare(b.name))
    .map((member) => agentOf(state, member));
}

export function agentOf(state: Pick<AppState, 'agents'>, member: Member): Agent {
  const status = state.agents[member.name];
  return { member, status, state: status?.status ?? 'offline' };
}

export interface Person {
  readonly name: string;
  readonly role: string | null;
  readonly present: boolean;
  readonly self: boolean;
}

type Team = Pick<AppState, 'self' | 'link' | 'members' | 'connected'>;

/** People: oneself, then who is here, then the others by name. */
export function peopleOf(state: Team): Person[] {
  const isAgent = (name: string) => state.members[name]?.kind === 'agent';
  const known = Object.values(state.members).filter((member) => member.kind === 'person');
  const names = new Set([
    state.self.user_id,
    ...known.map((member) => member.name),
    ...state.connected.filter((name) => !isAgent(name)),
  ]);
  const online = state.link.kind === 'online';
  return [...names]
    .map((name) => {
      const self = name === state.self.user_id;
      const role = state.members[name]?.role ?? (self ? state.self.role : null);
      return { name, role, self, present: online && (self || state.connected.includes(name)) };
    })
    .sort(
      (a, b) =>
        Number(b.self) - Number(a.self) ||
        Number(state.connected.includes(b.name)) - Number(state.connected.includes(a.name)) ||
        a.name.localeCompare(b.name),
    );
}

/** Tasks that an agent is at now, oldest first. */
export function runningTasks(state: Pick<AppState, 'tasks'>): Task[] {
  return Object.values(state.tasks)
    .filter((task) => task.status !== 'assigned' && !hasEnded(task))
    .sort((a, b) => a.created_at.localeCompare(b.created_at));
}

/** An agent's tasks: those that run, those that wait in their order, then the ended ones, newest first. */
export function tasksOf(state: Pick<AppState, 'tasks'>, agentName: string): Task[] {
  const own = Object.values(state.tasks).filter((task) => task.agent_name === agentName);
  const rank = (task: Task) => (hasEnded(task) ? 2 : task.status === 'assigned' ? 1 : 0);
  return own.sort((a, b) => {
    const byAge = a.created_at.localeCompare(b.created_at);
    const within = [byAge, 0, -byAge][rank(a)] ?? 0;
    return rank(a) - rank(b) || within;
  });
}

/**
 * The newest task id that an agent's messages speak of, for tasks which ended before this page was opened.
 */
export function lastTaskIdOf(room: Room | undefined, agentName: string): string | null {
  const message = room?.messages.findLast(
    (candidate) => candidate.sender_name === agentName && candidate.metadata.task_id !== undefined,
  );
  return message?.metadata.task_id ?? null;
}
