import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import {
  type AgentProgram,
  type CommandReply,
  limits,
  type Steer,
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
  /** A worker came (again). Says what waits for it and what it has lost meanwhile. */
  ready(
    worker: { worker_id: string; program: AgentProgram; running: readonly string[] },
    connection: object,
  ): Promise<CommandReply<'worker_ready'>>;
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

/** Told, to be taken at once, and not taken yet. */
const isUrgent = ({ when, read_at }: Steer) => when === 'now' && read_at === null;

export function createWorkers(dependencies: WorkersDependencies): Workers {
  const { store, tasks, clock, log, isStarting, graceMs = limits.workerGraceMs } = dependencies;
  const present = new Map<string, { program: AgentProgram; connection: object }>();
  const awaited = new Map<string, NodeJS.Timeout>();
  const listeners: (() => void)[] = [];
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

  async function setOffline(reason: string): Promise<void> {
    const from = ['idle', 'completed', 'failed'] as const;
    await store.setAgentStates({ from, to: 'offline', reason, at: isoTime(clock) });
  }

  const orLog = (what: string) => (error: unknown) => log.error({ err: error }, what);

  return {
    state() {
      if (present.size > 0) return 'connected';
      return isStarting() ? 'starting' : 'none';
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
      await store.setAgentStates({ from: ['offline'], to: 'idle', reason: null, at: isoTime(clock) });
      changed();
      return {
        tasks: active.filter((task) => task.status === 'assigned'),
        lost: running.filter((taskId) => !own.has(taskId)),
        stopping: running.filter((taskId) => own.get(taskId)?.status === 'stopping'),
        steered: running.filter((taskId) => own.get(taskId)?.steers.some(isUrgent)),
      };
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
      if (present.size === 0)
        setOffline('No worker is connected.').catch(orLog('could not set agents offline'));
      changed();
    },
    async settleAfterRestart() {
      await tasks.interrupt(await atWork(() => true), 'The server was restarted.');
      await setOffline('No worker is connected yet.');
    },
    onChange: (listener) => void listeners.push(listener),
    close() {
      closed = true;
      for (const timer of awaited.values()) clearTimeout(timer);
    },
  };
}
