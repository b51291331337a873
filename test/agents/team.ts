import {
  ChatError,
  type CommandInput,
  type CommandReply,
  type CommandType,
  type Task,
} from '../../src/protocol/index.ts';
import type { TeamConnection } from '../../src/worker/team-connection.ts';

/**
 * The chat as a worker sees it, in memory: tasks can be given and stopped, the link dropped, answers made
 * to fail.
 */
export interface FakeTeam {
  readonly connection: TeamConnection;
  readonly claimed: string[];
  readonly progress: CommandInput<'report_progress'>[];
  readonly finished: CommandInput<'finish_task'>[];
  readonly announced: CommandInput<'worker_ready'>[];
  /** A task of this id is of a private conversation. */
  hide(taskId: string): void;
  assign(taskId: string, agent: string, description: string, kind?: Task['kind']): void;
  stop(taskId: string): void;
  /** It is told to stop right before the answer to its claim. */
  stopAtClaim(taskId: string): void;
  fire(agent: string): void;
  /** The next requests of that type are answered with these errors. */
  failNext(type: CommandType, ...errors: ChatError[]): void;
  /** The link drops and is back, with this for an answer to `worker_ready`. */
  reconnect(answer?: Partial<CommandReply<'worker_ready'>>): void;
  until(holds: () => boolean): Promise<void>;
}

export function createFakeTeam(): FakeTeam {
  const tasks = new Map<string, Task>();
  const stoppedAtClaim = new Set<string>();
  const hidden = new Set<string>();
  const failures = new Map<CommandType, ChatError[]>();
  const listeners = new Map<string, (data: never) => void>();
  const stateListeners = new Set<(state: TeamConnection['state']) => void>();
  const waiting = new Set<() => void>();
  const claimed: string[] = [];
  const progress: CommandInput<'report_progress'>[] = [];
  const finished: CommandInput<'finish_task'>[] = [];
  const announced: CommandInput<'worker_ready'>[] = [];
  let readyAnswer: Partial<CommandReply<'worker_ready'>> = {};
  const online = { kind: 'online' } as TeamConnection['state'];

  const tell = (type: string, data: object) => listeners.get(type)?.(data as never);
  const notify = (task: Task, type: string) =>
    tell('task_notification', { task_id: task.task_id, agent_name: task.agent_name, type });

  function claim(taskId: string): CommandReply<'claim_task'> {
    const task = tasks.get(taskId);
    if (!task) throw new ChatError('not_found');
    const busy = [...tasks.values()].some(
      (other) => other.agent_name === task.agent_name && other.status === 'working',
    );
    const free = !busy && task.status === 'assigned';
    if (free) {
      task.status = 'working';
      claimed.push(taskId);
      if (stoppedAtClaim.has(taskId)) notify(task, 'stopping');
    }
    return {
      claimed: free,
      task,
      agent: null,
      instructions: '',
      context: [],
      former: null,
      audience: hidden.has(taskId) ? 'c_private' : 'public',
    };
  }

  function finish(report: CommandInput<'finish_task'>): Task {
    finished.push(report);
    const task = tasks.get(report.task_id);
    if (!task) throw new ChatError('not_found');
    task.status = report.outcome;
    queueMicrotask(() => notify(task, report.outcome));
    return task;
  }

  async function request(type: CommandType, input: object): Promise<unknown> {
    // Every answer is seen by tests that wait.
    queueMicrotask(() => {
      for (const look of waiting) look();
    });
    const failure = failures.get(type)?.shift();
    if (failure) throw failure;
    if (type === 'worker_ready') {
      announced.push(input as CommandInput<'worker_ready'>);
      const assigned = [...tasks.values()].filter(({ status }) => status === 'assigned');
      return { tasks: assigned, lost: [], stopping: [], steered: [], ...readyAnswer };
    }
    if (type === 'claim_task') return claim((input as CommandInput<'claim_task'>).task_id);
    if (type === 'request_approval') return { allowed: true, reason: null, approval: null };
    if (type === 'take_files') return { acquired: true, locks: [] };
    if (type === 'get_locks') return { locks: [], requests: [] };
    if (type === 'take_steers') return { steers: [] };
    if (type === 'report_progress') progress.push(input as CommandInput<'report_progress'>);
    if (type === 'finish_task') return { task: finish(input as CommandInput<'finish_task'>) };
    return {};
  }

  return {
    claimed,
    progress,
    finished,
    announced,
    connection: {
      state: online,
      request: request as TeamConnection['request'],
      on(type, listener) {
        listeners.set(type, (data) => listener(data, undefined));
        return () => void listeners.delete(type);
      },
      onState(listener) {
        stateListeners.add(listener);
        return () => void stateListeners.delete(listener);
      },
    },
    assign(taskId, agent, description, kind = 'work') {
      const given = {
        task_id: taskId,
        agent_name: agent,
        description,
        kind,
        status: 'assigned',
        requested_by: 'ann',
        created_at: '2026-01-02T12:00:00.000Z',
      };
      const none = { model: null, predecessor: null, ended_at: null };
      const task = { ...given, ...none, steers: [] as Task['steers'] } as Task;
      tasks.set(taskId, task);
      notify(task, 'assigned');
    },
    stop(taskId) {
      const task = tasks.get(taskId);
      if (task) notify(task, 'stopping');
    },
    hide: (taskId) => void hidden.add(taskId),
    stopAtClaim: (taskId) => void stoppedAtClaim.add(taskId),
    fire: (agent) => tell('member_left', { name: agent }),
    failNext: (type, ...errors) => void failures.set(type, errors),
    reconnect(answer = {}) {
      readyAnswer = answer;
      for (const listener of stateListeners) listener({ kind: 'connecting', attempt: 1 });
      for (const listener of stateListeners) listener(online);
    },
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
