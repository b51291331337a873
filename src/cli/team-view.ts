import type { ChatClient } from '../client/index.ts';
import type { AgentStatus, CommandReply, EphemeralEvent } from '../protocol/index.ts';
import { isSame } from './conversation-names.ts';
import type { Gate } from './gate.ts';
import type { LiveTasks } from './live-tasks.ts';
import { offlineReasons, stateWords, statusWords } from './render.ts';
import { cleanLine } from './sanitise.ts';

/** Who is in the team, who is here, and what the agents do. */
export interface TeamView {
  load(team: CommandReply<'get_members'>): void;
  /** Those who came and went while this terminal was offline are told by no event. */
  loadPresent(connected: readonly string[]): void;
  /** Agents and people, in a line each. */
  introduction(self: string): string[];
  agentNames(): string[];
  memberNames(): string[];
  close(): void;
}

export interface TeamViewDependencies {
  readonly client: ChatClient;
  readonly gate: Gate;
  readonly live: LiveTasks;
  liveChanged(): void;
  aside(text: string): void;
}

export function openTeamView(dependencies: TeamViewDependencies): TeamView {
  const { client, gate, live, liveChanged, aside } = dependencies;
  const statuses = new Map<string, AgentStatus>();
  const members = new Set<string>();
  const present = new Set<string>();
  let worker: string | undefined;
  let problem: string | null = null;

  const stops = [
    client.on('task_notification', (notification) =>
      gate.pass(() => {
        live.notice(notification);
        if (notification.metadata.withdrawn_steers?.length)
          aside(`${cleanLine(notification.agent_name)} had not read that yet, and is not told it any more`);
        liveChanged();
      }),
    ),
    client.on('agent_status_update', (status) =>
      gate.pass(() => {
        const before = statuses.get(status.agent_name);
        statuses.set(status.agent_name, status);
        if (before?.status !== status.status)
          // The reason is in a message of the agent or of the server.
          aside(`${cleanLine(status.agent_name)}: ${stateWords({ ...status, indeterminate: true })}`);
      }),
    ),
    client.on('member_joined', (member) =>
      gate.pass(() => {
        members.add(member.name);
        if (member.kind === 'agent')
          aside(`${cleanLine(member.name)} was hired as ${cleanLine(member.role)}`);
      }),
    ),
    client.on('member_left', ({ name }) =>
      gate.pass(() => {
        members.delete(name);
        aside(`${cleanLine(name)} was ${statuses.delete(name) ? 'fired' : 'removed from the team'}`);
      }),
    ),
    client.on('user_status', ({ user_id, status }) => {
      // Those who are here at the start come with the members.
      if (!gate.isOpen) return;
      if (status === 'connected' && !present.has(user_id)) {
        present.add(user_id);
        aside(`${cleanLine(user_id)} came in`);
      } else if (status === 'disconnected' && present.delete(user_id)) {
        aside(`${cleanLine(user_id)} left`);
      }
    }),
    client.on('server_status', (status) =>
      gate.pass(() => {
        const now = workerWords(status);
        if (worker !== undefined && worker !== now) aside(now);
        worker = now;
        const { storage_problem } = status;
        if (storage_problem !== problem) aside(storage_problem ?? 'All is saved again.');
        problem = storage_problem;
      }),
    ),
  ];

  return {
    load(team) {
      replace(
        members,
        team.members.map(({ name }) => name),
      );
      replace(present, team.connected);
      statuses.clear();
      for (const [name, status] of Object.entries(team.agents)) statuses.set(name, status);
    },
    loadPresent: (connected) => replace(present, connected),
    introduction(self) {
      const agents = [...statuses.values()].map((s) => `${cleanLine(s.agent_name)} ${statusWords(s)}`);
      const people = [...present].filter((name) => !isSame(name, self)).map(cleanLine);
      return [
        agents.length > 0 ? `Agents: ${agents.join(', ')}.` : 'No agents yet: /hire NAME ROLE',
        ...offlineReasons([...statuses.values()]),
        ...(people.length > 0 ? [`Here: ${people.join(', ')}.`] : []),
      ];
    },
    agentNames: () => [...statuses.keys()].sort(),
    memberNames: () => [...new Set([...statuses.keys(), ...members])].sort(),
    close() {
      for (const stop of stops) stop();
    },
  };
}

type ServerStatus = Extract<EphemeralEvent, { type: 'server_status' }>['data'];

/** Whether the agents can work is told in `main`. */
function workerWords({ worker, worker_state }: ServerStatus): string {
  if (worker !== null) return 'The worker is connected.';
  return worker_state === 'starting' ? 'The worker is starting.' : 'No worker is connected.';
}

function replace(set: Set<string>, values: readonly string[]): void {
  set.clear();
  for (const value of values) set.add(value);
}
