import type { Bus } from '../bus/bus.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import {
  type AgentHealth,
  ChatError,
  type HealthSummary,
  type HelpCause,
  type HelpRequest,
  type JournalEvent,
  limits,
  type Recovery,
  type RecoveryAction,
  type RecoverySummary,
  type Task,
  type TaskNotification,
} from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import { agentHealth, summarise } from './health.ts';
import { type Anomaly, createTaskWatch, type TaskWatch } from './task-watch.ts';

/**
 * Sees to it that agents get on with their work. A task of which nothing new comes is stuck, and asks for
 * help; unless people or other agents help, it is nudged, begins again in a new session, and is given up,
 * each a while after the other. What an agent itself asked for it waits for. A worker that does not do as it
 * is told is restarted. All of it is kept as a history.
 */
export interface Monitoring {
  /** Of all agents, or of one. */
  health(agent?: string): Promise<HealthSummary>;
  recoverySummary(agent?: string): Promise<RecoverySummary>;
  /** Has every task that is stuck begin again in a new session, at once. Gives back their agents. */
  restartStuck(): Promise<string[]>;
  /** The newest first. */
  recoveries(limit: number, agent?: string): Promise<Recovery[]>;
  close(): Promise<void>;
}

/** What can be done about an agent that does not get on. */
export interface Remedies {
  ask(task: Task, problem: { cause: HelpCause; issue: string }): Promise<HelpRequest>;
  /** Raises what nobody has answered since a time to people. */
  escalate(askedBefore: string): Promise<HelpRequest[]>;
  /** Breaks off what the task is at, and tells it something. */
  nudge(task: Task, text: string): Promise<unknown>;
  /** False when no worker could be told. */
  restartSession(task: Task, reason: string): boolean;
  /** False when it is not ours to restart. */
  restartWorker(workerId: string): boolean;
  stop(task: Task, reason: string): Promise<unknown>;
}

export interface MonitoringDependencies {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  readonly remedies: Remedies;
  /** After so long without anything new a task is stuck. */
  readonly stuckMs: number;
  /** Whether more is done than to ask for help. */
  readonly autoRecovery: boolean;
  readonly lookIntervalMs?: number;
}

/** What is known of a task at work. */
interface Watched {
  readonly agent_name: string;
  readonly watch: TaskWatch;
  /** Why it is stuck; undefined: it is not. */
  cause?: HelpCause;
  /** What was tried since it got on last. */
  tried: number;
  /** When the last of it was. */
  triedMs: number;
  /** Since when it is being stopped. */
  stoppingMs?: number;
}

/** What is tried, one after the other. */
const ladder = ['NUDGE', 'RESTART_SESSION', 'STOP'] as const satisfies readonly RecoveryAction[];
const endTypes: ReadonlySet<TaskNotification['type']> = new Set([
  'completed',
  'failed',
  'stopped',
  'interrupted',
]);
const lookIntervalMsMax = 5_000;
const hourMs = 60 * 60 * 1000;

export function startMonitoring(dependencies: MonitoringDependencies): Monitoring {
  const { store, bus, clock, log, remedies, stuckMs, autoRecovery } = dependencies;
  const watched = new Map<string, Watched>();
  const workerRestartsMs: number[] = [];
  let looking: Promise<void> | undefined;
  let closed = false;

  const unsubscribe = bus.subscribe((events) => {
    for (const event of events) hear(event);
  });
  const timer = setInterval(look, dependencies.lookIntervalMs ?? Math.min(lookIntervalMsMax, stuckMs / 8));

  function hear({ type, data }: JournalEvent): void {
    if (type === 'task_notification') notified(data);
    else if (type === 'files_changed' || type === 'lock_bypassed') {
      for (const { task_id, path, after_hash } of data.changes) {
        const task = task_id === null ? undefined : watched.get(task_id);
        if (task_id !== null && task?.watch.changed(path, after_hash, clock.steady())) wentOn(task_id, task);
      }
    } else if (type === 'lock_request_update' && data.task_id !== null) {
      const { lock_request_id, status, task_id } = data;
      watched.get(task_id)?.watch.waitsForFile(lock_request_id, status === 'pending', clock.steady());
    } else if (type === 'help_request') {
      const task = watched.get(data.task_id);
      if (task !== undefined) Object.assign(task, { cause: data.cause, tried: 0, triedMs: clock.steady() });
    } else if (type === 'help_update' && data.status === 'answered') {
      watched.get(data.task_id)?.watch.rest(clock.steady());
    }
  }

  function notified(notification: TaskNotification): void {
    const { task_id, type, agent_name } = notification;
    const now = clock.steady();
    if (type === 'started') {
      watched.set(task_id, { agent_name, watch: createTaskWatch(now), tried: 0, triedMs: now });
    }
    const task = watched.get(task_id);
    if (task === undefined) return;
    if (endTypes.has(type)) watched.delete(task_id);
    else if (type === 'stopping') task.stoppingMs = now;
    else if (type === 'resumed') delete task.cause;
    const isNew = task.watch.observe(notification, now);
    // What repeats itself costs money: nobody waits for the next look.
    if (task.watch.judge(now, stuckMs)?.cause === 'repeating') look();
    if (!isNew) return;
    // What it asked for itself it may do by the team's tools.
    const calls = notification.metadata.tools ?? [];
    if (task.cause === 'asked' && calls.every(({ kind }) => kind === 'other')) return;
    wentOn(task_id, task);
  }

  function wentOn(task_id: string, task: Watched): void {
    task.tried = 0;
    if (task.cause === undefined) return;
    delete task.cause;
    store
      .resumeTask({ task_id, at: isoTime(clock) })
      .catch((error: unknown) => log.error({ err: error, task: task_id }, 'a task could not be resumed'));
  }

  function look(): void {
    looking ??= lookAtAll()
      .catch((error: unknown) => log.error({ err: error }, 'how agents get on could not be looked at'))
      .finally(() => {
        looking = undefined;
      });
  }

  async function lookAtAll(): Promise<void> {
    const now = clock.steady();
    for (const [taskId, task] of watched) {
      if (closed) return;
      if (task.stoppingMs !== undefined) await seeToStop(taskId, task, now);
      else await seeTo(taskId, task, now);
    }
    for (const { agent_name, task_id, issue } of await remedies.escalate(
      new Date(clock.now() - stuckMs / 2).toISOString(),
    )) {
      await keep({ agent_name, task_id, anomalies: [issue] }, 'ESCALATE', true, 'People were told.');
    }
  }

  async function seeTo(taskId: string, task: Watched, now: number): Promise<void> {
    const anomaly = task.watch.judge(now, stuckMs);
    if (anomaly === null) return;
    if (task.cause === undefined) await ask(taskId, task, anomaly);
    const isDue = anomaly.cause === 'repeating' || now - task.triedMs >= stuckMs / 2;
    const mayTry = task.cause !== 'asked' || anomaly.cause === 'repeating';
    if (autoRecovery && isDue && mayTry && !closed) await recover(taskId, task, anomaly);
  }

  async function ask(taskId: string, task: Watched, anomaly: Anomaly): Promise<void> {
    const known = await store.readTask(taskId);
    if (known?.status !== 'working') return;
    const who = { agent_name: task.agent_name, task_id: taskId, anomalies: [anomaly.issue] };
    try {
      await remedies.ask(known, anomaly);
      await keep(who, 'ASK_FOR_HELP', true, 'It asked the team.');
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      task.cause = anomaly.cause;
      // It was helped often enough.
      if (error.code === 'limit_reached') task.tried = ladder.length - 1;
      await keep(who, 'ASK_FOR_HELP', false, error.message);
    }
  }

  async function recover(taskId: string, task: Watched, { issue }: Anomaly): Promise<void> {
    const known = await store.readTask(taskId);
    const action = ladder[task.tried];
    if (known === null || action === undefined || !['working', 'stuck'].includes(known.status)) return;
    task.tried += 1;
    task.triedMs = clock.steady();
    const who = { agent_name: task.agent_name, task_id: taskId, anomalies: [issue] };
    try {
      const notes = await remedy(action, known, issue);
      task.watch.countAnew();
      await keep(who, action, true, notes);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      await keep(who, action, false, error.message);
    }
  }

  async function remedy(action: (typeof ladder)[number], task: Task, issue: string): Promise<string> {
    switch (action) {
      case 'NUDGE':
        await remedies.nudge(task, nudge(issue));
        return 'What it was at was broken off; it was told to go another way.';
      case 'RESTART_SESSION':
        if (remedies.restartSession(task, issue)) return 'It begins again in a new session.';
        throw new ChatError('not_running', 'Its worker is not connected.');
      case 'STOP':
        await remedies.stop(task, `Stopped as stuck. ${issue}`);
        return 'Nothing helped, so it was given up.';
    }
  }

  /** A worker that does not end a task in time is restarted. */
  async function seeToStop(taskId: string, task: Watched, now: number): Promise<void> {
    if (!autoRecovery || now - (task.stoppingMs ?? now) < limits.recoveryAnswerMs) return;
    const known = await store.readTask(taskId);
    if (known?.status !== 'stopping' || known.worker_id === null) return;
    task.stoppingMs = now;
    const anomalies = [`Its worker did not stop it within ${limits.recoveryAnswerMs / 1000} s.`];
    const who = { agent_name: task.agent_name, task_id: taskId, anomalies };
    while ((workerRestartsMs[0] ?? now) < now - hourMs) workerRestartsMs.shift();
    if (workerRestartsMs.length >= limits.workerRestartsPerHourMax) {
      const notes = `It was restarted ${workerRestartsMs.length} times within an hour already.`;
      await keep(who, 'RESTART_WORKER', false, notes);
      return;
    }
    workerRestartsMs.push(now);
    const isOurs = remedies.restartWorker(known.worker_id);
    const notes = isOurs ? 'Its worker was restarted.' : 'The worker is not ours to restart.';
    await keep(who, 'RESTART_WORKER', isOurs, notes);
  }

  async function keep(
    who: Pick<Recovery, 'agent_name' | 'task_id' | 'anomalies'>,
    action_taken: RecoveryAction,
    success: boolean,
    notes: string,
  ): Promise<void> {
    await store.addRecovery({
      ...who,
      action_taken,
      success,
      notes: notes.slice(0, limits.reasonCharsMax),
      timestamp: isoTime(clock),
    });
  }

  async function healths(agent?: string): Promise<Record<string, AgentHealth>> {
    const now = clock.steady();
    const all = await store.listAgentStatuses();
    const statuses = all.filter(({ agent_name }) => agent === undefined || agent_name === agent);
    const details = statuses.map(async (status) => {
      const [last] = await store.listRecentTasks(1, status.agent_name);
      const task = status.session_id === null ? undefined : watched.get(status.session_id);
      const lastNewsMs = task?.watch.lastNewsMs ?? null;
      const waitsUntilMs = task?.watch.waitsUntilMs ?? null;
      const health = agentHealth({ status, last: last ?? null, lastNewsMs, waitsUntilMs, now, stuckMs });
      return [status.agent_name, health] as const;
    });
    return Object.fromEntries(await Promise.all(details));
  }

  return {
    health: async (agent) => summarise(await healths(agent)),
    async recoverySummary(agent) {
      const all = await store.listRecoveries(limits.recoveriesMax, agent);
      const attempts = all.filter(({ action_taken }) => action_taken !== 'ESCALATE');
      const counts: Record<string, number> = {};
      for (const { agent_name } of attempts) counts[agent_name] = (counts[agent_name] ?? 0) + 1;
      const successful = attempts.filter(({ success }) => success).length;
      return {
        total_recovery_attempts: attempts.length,
        successful_recoveries: successful,
        failed_recoveries: attempts.length - successful,
        escalations: all.length - attempts.length,
        agent_recovery_counts: counts,
      };
    },
    async restartStuck() {
      const restarted: string[] = [];
      for (const [taskId, { agent_name, cause }] of watched) {
        const task = cause === undefined ? null : await store.readTask(taskId);
        if (task?.status !== 'stuck') continue;
        const isTold = remedies.restartSession(task, task.reason ?? 'It is stuck.');
        const who = { agent_name, task_id: taskId, anomalies: [task.reason ?? 'It is stuck.'] };
        await keep(who, 'RESTART_SESSION', isTold, 'Somebody asked for it.');
        if (isTold) restarted.push(agent_name);
      }
      return restarted;
    },
    recoveries: (limit, agent) => store.listRecoveries(limit, agent),
    async close() {
      closed = true;
      clearInterval(timer);
      unsubscribe();
      await looking;
    },
  };
}

function nudge(issue: string): string {
  return (
    `You do not get on: ${issue} Do not do the same again. Look at what went wrong, try another way, or ` +
    'ask the team for help with the tool ask_for_help and end your turn.'
  );
}
