import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import {
  type AgentProgram,
  type CommandReply,
  limits,
  type ProjectConfig,
  type SandboxState,
  type Steer,
  type Supply,
  type Task,
  type WorkerState,
} from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Tasks } from './tasks.ts';

/** Which workers are connected, and what becomes of the tasks of one that is gone. */
export interface Workers {
  state(): WorkerState;
  /** What the agents run on, in words for people; null without a worker. */
  programs(): readonly AgentProgram[];
  /** Whether a worker confines its agents; without an id the least confined. Null: it is not known. */
  sandboxOf(workerId?: string): SandboxState | null;
  /** The configuration of the agent program in the project, untrusted before trusted; null: none matters. */
  projectConfig(): ProjectConfig | null;
  /** Who is connected, with what its agents run on. */
  connected(): readonly { readonly worker_id: string; readonly program: AgentProgram }[];
  /** Whether agents can work: the best of all workers; null without a worker. */
  supply(): Supply | null;
  /** How an agent is that is at no task. */
  idleState(): { readonly state: 'idle' | 'offline'; readonly reason: string | null };
  /** A worker came (again). Says what waits for it and what it has lost meanwhile. */
  ready(
    worker: { worker_id: string; program: AgentProgram; running: readonly string[] },
    connection: object,
  ): Promise<CommandReply<'worker_ready'>>;
  /** What a worker's agents run on is another program now, or works or fails now. */
  report(workerId: string, program: AgentProgram): Promise<void>;
  /** A worker's connection ended. Unless it is back in time, its tasks are interrupted. */
  gone(workerId: string, connection: object): void;
  /** Nothing a former server process left at work is at work now: called once at start. */
  settleAfterRestart(): Promise<void>;
  onChange(listener: () => void): void;
  close(): void;
}

export interface WorkersDependencies {
  readonly store: Store;
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the server's own worker is on its way. */
  readonly isStarting: () => boolean;
  readonly graceMs?: number;
}

const atRest = ['idle', 'completed', 'failed'] as const;

/** Of a worker that says nothing about it. */
function steady({ reason }: AgentProgram): Supply {
  const none = { problem: null, provider: null, next_check_at: null, login: null };
  return { state: 'ready', reason, ...none, takes_key: false };
}

/** Told, to be taken at once, and not taken yet. */
const isUrgent = ({ when, read_at }: Steer) => when === 'now' && read_at === null;

export function createWorkers(dependencies: WorkersDependencies): Workers {
  const { store, tasks, clock, log, isStarting, graceMs = limits.workerGraceMs } = dependencies;
  const present = new Map<string, { program: AgentProgram; connection: object }>();
  const awaited = new Map<string, NodeJS.Timeout>();
  const listeners: (() => void)[] = [];
  /** Why agents at rest are offline; null: they are not. */
  let offlineReason: string | null = null;
  let closed = false;
  const changed = () => {
    for (const listener of listeners) listener();
  };

  const atWork = async (mine: (task: Task) => boolean) =>
    (await store.listActiveTasks()).filter((task) => task.status !== 'assigned' && mine(task));

  async function giveUp(workerId: string): Promise<void> {
    awaited.delete(workerId);
    await tasks.interrupt(await atWork((task) => task.worker_id === workerId), 'Its worker is gone.');
  }

  /** Of agents that are at no task. */
  async function setIdleState(): Promise<void> {
    const { state, reason } = idleState();
    const at = isoTime(clock);
    if (state === 'idle') {
      await store.setAgentStates({ from: ['offline'], to: 'idle', reason: null, at });
    } else {
      // Who is offline already may be so for another reason.
      const from = reason === offlineReason ? atRest : ([...atRest, 'offline'] as const);
      await store.setAgentStates({ from, to: 'offline', reason, at });
    }
    offlineReason = state === 'idle' ? null : reason;
  }

  function supply(): Supply | null {
    const supplies = [...present.values()].map(({ program }) => program.supply ?? steady(program));
    return supplies.find(({ state }) => state === 'ready') ?? supplies[0] ?? null;
  }

  function idleState(): ReturnType<Workers['idleState']> {
    const now = supply();
    if (now === null) return { state: 'offline', reason: 'No worker is connected.' };
    // While it is checked, agents are as they were.
    if (now.state === 'checking' && offlineReason === null) return { state: 'idle', reason: null };
    return now.state === 'ready' ? { state: 'idle', reason: null } : { state: 'offline', reason: now.reason };
  }

  const orLog = (what: string) => (error: unknown) => log.error({ err: error }, what);

  return {
    state() {
      if (present.size > 0) return 'connected';
      return isStarting() ? 'starting' : 'none';
    },
    sandboxOf(workerId) {
      if (workerId !== undefined) return present.get(workerId)?.program.sandbox ?? null;
      const known = [...present.values()].flatMap(({ program }) => program.sandbox ?? []);
      return known.find(({ state }) => state !== 'on') ?? known[0] ?? null;
    },
    projectConfig() {
      const known = [...present.values()].flatMap(({ program }) => program.project_config ?? []);
      return known.find(({ state }) => state === 'untrusted') ?? known[0] ?? null;
    },
    programs: () => [...present.values()].map(({ program }) => program),
    async ready({ worker_id, program, running }, connection) {
      clearTimeout(awaited.get(worker_id));
      awaited.delete(worker_id);
      present.set(worker_id, { program, connection });
      const active = await store.listActiveTasks();
      const own = new Map(
        active
          .filter((task) => task.worker_id === worker_id && task.status !== 'assigned')
          .map((t) => [t.task_id, t]),
      );
      const forgotten = [...own.values()].filter((task) => !running.includes(task.task_id));
      await tasks.interrupt(forgotten, 'Its worker was restarted.');
      await setIdleState();
      changed();
      return {
        tasks: active.filter((task) => task.status === 'assigned'),
        lost: running.filter((taskId) => !own.has(taskId)),
        stopping: running.filter((taskId) => own.get(taskId)?.status === 'stopping'),
        steered: running.filter((taskId) => own.get(taskId)?.steers.some(isUrgent)),
      };
    },
    connected: () => [...present].map(([worker_id, { program }]) => ({ worker_id, program })),
    supply,
    idleState,
    async report(workerId, program) {
      const worker = present.get(workerId);
      if (worker === undefined) return;
      present.set(workerId, { ...worker, program });
      await setIdleState();
      changed();
    },
    gone(workerId, connection) {
      // A worker that reconnected before its old connection was noticed to be dead is still here.
      if (closed || present.get(workerId)?.connection !== connection) return;
      present.delete(workerId);
      awaited.set(
        workerId,
        setTimeout(
          () => void giveUp(workerId).catch(orLog('could not interrupt the tasks of a lost worker')),
          graceMs,
        ),
      );
      if (present.size === 0) setIdleState().catch(orLog('could not set agents offline'));
      changed();
    },
    async settleAfterRestart() {
      await tasks.interrupt(await atWork(() => true), 'The server was restarted.');
      const reason = 'No worker is connected yet.';
      await store.setAgentStates({ from: atRest, to: 'offline', reason, at: isoTime(clock) });
      offlineReason = reason;
    },
    onChange: (listener) => void listeners.push(listener),
    close() {
      closed = true;
      for (const timer of awaited.values()) clearTimeout(timer);
    },
  };
}
