import { backoffMs } from '../lib/backoff.ts';
import type { Log } from '../lib/log.ts';
import type { ProjectPaths } from '../lib/project-paths.ts';
import {
  ChatError,
  type CommandInput,
  type CommandReply,
  type FileChange,
  limits,
  publicAudience,
  type SandboxState,
  type TaskNotification,
  TaskOutcome,
  withoutContent,
} from '../protocol/index.ts';
import type { AgentProgram } from './acp/program.ts';
import { createAgentNews } from './agent-news.ts';
import type { ChangeWatch } from './change-watch.ts';
import type { ReporterOptions } from './report.ts';
import { placeOfSession } from './session-place.ts';
import type { Supply } from './supply.ts';
import { openTaskFile } from './task-file.ts';
import { createTaskRun, type TaskRun } from './task-run.ts';
import type { TeamConnection } from './team-connection.ts';
import type { ToolRelay } from './tool-relay.ts';
import type { Workspace } from './workspace.ts';

export interface WorkerOptions {
  readonly workerId: string;
  readonly connection: TeamConnection;
  /** The program that its agents run on. */
  readonly supply: Supply;
  /** Whether they are confined. */
  readonly sandboxState: SandboxState;
  /** The way of its agents to the team's tools. */
  readonly relay: ToolRelay;
  readonly workspace: Workspace;
  readonly watch: ChangeWatch;
  readonly project: ProjectPaths;
  /** Where the folders of the agents are, with a file for the task that each is at. */
  readonly dataDirectory: string;
  readonly tasksMax: number;
  readonly log: Log;
}

/** Takes tasks from the chat and has them done by its agent program. */
export interface Worker {
  /**
   * Ends all work without reporting it as stopped: nobody asked for that; the chat tells it as interrupted.
   */
  close(): Promise<void>;
}

const retryBaseMs = 200;
const retryCeilingMs = 5_000;
/** Answers that a second try would meet again. */
const finalErrors: ReadonlySet<string> = new Set(['not_found', 'not_running', 'auth_failed', 'unknown_type']);
const endTypes: ReadonlySet<TaskNotification['type']> = new Set(TaskOutcome.options);
const wrongShape: ReadonlySet<string> = new Set(['bad_frame', 'too_large']);

export function startWorker(options: WorkerOptions): Worker {
  const { connection, supply, watch, log } = options;
  const news = createAgentNews();
  /** Assigned tasks that are not ours yet, oldest first: which agent each is for. */
  const waiting = new Map<string, string>();
  /** The same for tasks whose agent is at another task. */
  const blocked = new Map<string, string>();
  const running = new Map<string, TaskRun>();
  /** The task that is being claimed for an agent, and what it was told before the answer is here. */
  const claiming = new Map<string, { readonly taskId: string; readonly told: TaskNotification[] }>();
  /** Rises with what lets a blocked task be claimed. */
  let changes = 0;
  let closed = false;
  let isReady = false;

  const orLog = (what: string) => (error: unknown) => log.warn({ err: error }, what);

  async function announce(): Promise<void> {
    // What is heard from now on adds to the answer, which may be older.
    waiting.clear();
    blocked.clear();
    const { tasks, lost, stopping, steered } = await connection.request('worker_ready', {
      worker_id: options.workerId,
      program: { ...supply.description, sandbox: options.sandboxState },
      running: [...running.keys()],
    });
    isReady = true;
    for (const run of running.values()) run.missedEvents();
    for (const task of tasks) waiting.set(task.task_id, task.agent_name);
    for (const taskId of lost) running.get(taskId)?.abandon();
    for (const taskId of stopping) running.get(taskId)?.stop();
    for (const taskId of steered) running.get(taskId)?.steered();
    takeTasks();
    const { locks } = await connection.request('get_locks', {});
    await watch.knows(locks);
  }

  function isBusy(agent: string): boolean {
    return claiming.has(agent) || [...running.values()].some((run) => run.task.agent_name === agent);
  }

  function takeTasks(): void {
    const { program } = supply;
    // Nothing is taken that could not be worked at: it waits in line, and is told why.
    if (program === null) return;
    for (const [taskId, agent] of waiting) {
      if (closed || !isReady || running.size + claiming.size >= options.tasksMax) return;
      if (isBusy(agent)) continue;
      waiting.delete(taskId);
      const told: TaskNotification[] = [];
      claiming.set(agent, { taskId, told });
      void claim(taskId, agent, { told, program })
        .catch((error: unknown) => {
          log.warn({ err: error, task: taskId }, 'could not claim a task');
          // Whether the chat gave it to us is not known: saying what we run settles it.
          return connection.state.kind === 'online' ? announce() : undefined;
        })
        .catch(orLog('could not announce this worker'))
        .finally(() => claiming.delete(agent))
        .then(takeTasks);
    }
  }

  async function claim(
    taskId: string,
    agent: string,
    { told, program }: { told: readonly TaskNotification[]; program: AgentProgram },
  ): Promise<void> {
    const before = changes;
    const claimed = await connection.request('claim_task', { task_id: taskId });
    if (claimed.claimed) {
      void work(claimed, program).catch(orLog('a task was not reported'));
      for (const change of told) tellRun(change);
    } else if (claimed.task.status === 'assigned') {
      // The agent is at another task, or that one is before it in line: we hear when that changes.
      (changes === before ? blocked : waiting).set(taskId, agent);
    }
  }

  async function work(
    { task, agent, instructions, context, former, audience }: CommandReply<'claim_task'>,
    program: AgentProgram,
  ): Promise<void> {
    const others = [...running.values()];
    const place = placeOfSession(options.project.root, supply.description, agent);
    const run = createTaskRun({
      ...options,
      program,
      task,
      agent,
      instructions,
      context,
      former,
      audience,
      others,
      place,
      news: () => news.take(task.agent_name),
    });
    for (const other of others) other.meets(run);
    running.set(task.task_id, run);
    if (closed) run.abandon();
    const shown = audience === publicAudience ? task : withoutContent(task);
    const file = await openTaskFile({ folder: options.dataDirectory, task: shown, log });
    const intervalMs = () => Math.max(progressIntervalMs, running.size * progressShareMs);
    const send = async (report: Parameters<ReporterOptions['send']>[0]) => {
      file.update(shown === task ? report : { progress: report.progress });
      const session_place = report.session === undefined ? {} : { session_place: place };
      await connection.request('report_progress', { task_id: task.task_id, ...report, ...session_place });
    };
    let outcome: 'completed' | 'failed' = 'failed';
    for (let goesOn = true; goesOn; ) {
      const result = await run.start({ intervalMs, send });
      outcome = result?.outcome === 'completed' ? 'completed' : 'failed';
      goesOn = result !== null && running.get(task.task_id) === run && !(await finish(result, run));
    }
    run.close();
    await file.end(outcome);
    if (running.get(task.task_id) === run) running.delete(task.task_id);
    takeTasks();
  }

  /**
   * Reports a task's end until the chat has it, or it is no longer ours to report. False when it goes on: it
   * was told something meanwhile.
   */
  async function finish(result: CommandInput<'finish_task'>, run: TaskRun): Promise<boolean> {
    let report = result;
    for (let attempt = 0; !closed && running.get(result.task_id) === run; attempt += 1) {
      try {
        const { task } = await connection.request('finish_task', report);
        if (task.ended_at !== null || task.steers.every(({ read_at }) => read_at !== null)) return true;
        await pause(retryBaseMs);
        return false;
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        log.warn({ err: error, task: result.task_id }, 'could not report the end of a task');
        if (finalErrors.has(error.code)) return true;
        // How it ended must arrive, whatever is wrong with the rest.
        if (wrongShape.has(error.code)) {
          if (report !== result) return true;
          report = { task_id: result.task_id, outcome: result.outcome, reason: result.reason ?? null };
        }
        await pause(backoffMs(attempt, retryBaseMs, retryCeilingMs) + retryBaseMs);
      }
    }
    return true;
  }

  function taskChanged(change: TaskNotification): void {
    const { task_id, agent_name, type } = change;
    const claimed = claiming.get(agent_name);
    if (claimed?.taskId === task_id) claimed.told.push(change);
    tellRun(change);
    if (type === 'assigned') {
      waiting.set(task_id, agent_name);
    } else if (endTypes.has(type)) {
      waiting.delete(task_id);
      blocked.delete(task_id);
      unblock(agent_name);
    }
    takeTasks();
  }

  function tellRun({ task_id, type, metadata }: TaskNotification): void {
    const run = running.get(task_id);
    if (type === 'stopping') {
      run?.stop();
    } else if (type === 'steered') {
      const unread = metadata.steers?.filter(({ read_at }) => read_at === null) ?? [];
      if (unread.some(({ when }) => when === 'now')) run?.steered();
      else if (unread.length > 0) run?.told();
    } else if (endTypes.has(type)) {
      // Whoever ended it, nothing that it does is reported any more.
      run?.abandon();
    }
  }

  function unblock(agent: string): void {
    changes += 1;
    for (const [taskId, of] of blocked) {
      if (of !== agent) continue;
      blocked.delete(taskId);
      waiting.set(taskId, of);
    }
  }

  async function putBack(change: FileChange): Promise<void> {
    const failure = await watch.putBack(change).catch((error: unknown) => {
      log.error({ err: error, path: change.path }, 'a file could not be put back');
      return `The worker could not write ${change.path}: ${String(error)}`;
    });
    const reason = failure?.slice(0, limits.reasonCharsMax) ?? null;
    await connection.request('report_put_back', { change_id: change.change_id, failure: reason });
  }

  supply.onChange(() => {
    if (closed) return;
    if (isReady) {
      connection
        .request('report_supply', {
          program: { ...supply.description, sandbox: options.sandboxState },
        })
        .catch(orLog('whether the agents can work was not told'));
    }
    takeTasks();
  });

  const stopListening = [
    connection.on('task_notification', taskChanged),
    connection.on('task_queue_update', ({ agent_name }) => {
      unblock(agent_name);
      takeTasks();
    }),
    connection.on('lock_request_update', (request) => {
      if (request.task_id !== null) running.get(request.task_id)?.requestChanged(request);
    }),
    connection.on('file_locked', ({ locks }) => {
      watch.locked(locks).catch(orLog('held files could not be looked at'));
    }),
    connection.on('file_released', ({ locks }) => {
      watch.released(locks).catch(orLog('held files could not be looked at'));
    }),
    connection.on('lock_bypassed', ({ changes }) => news.bypassed(changes)),
    connection.on('help_request', ({ task_id, cause }) => {
      if (cause === 'asked') running.get(task_id)?.helpChanged(true);
    }),
    connection.on('help_update', ({ task_id, status }) => {
      if (status !== 'open') running.get(task_id)?.helpChanged(false);
    }),
    connection.on('restart_session_asked', ({ task_id, reason }) => running.get(task_id)?.restart(reason)),
    connection.on('put_back_asked', ({ change }) => {
      putBack(change).catch(orLog('whether a file was put back was not told'));
    }),
    connection.on('approval_answered', (approval) =>
      running.get(approval.task_id)?.approvalAnswered(approval),
    ),
    connection.on('member_left', ({ name }) => {
      news.take(name);
      supply.forget(name).catch(orLog('could not end the session of a fired agent'));
    }),
    connection.onState((state) => {
      isReady = false;
      if (state.kind === 'online') announce().catch(orLog('could not announce this worker'));
    }),
  ];
  if (connection.state.kind === 'online') announce().catch(orLog('could not announce this worker'));

  return {
    async close() {
      closed = true;
      for (const stop of stopListening) stop();
      for (const run of running.values()) run.abandon();
      await supply.close();
      await options.relay.close();
    },
  };
}

/** Between two reports of one task. */
const progressIntervalMs = 250;
/** All tasks together stay below what one connection may send. */
const progressShareMs = 50;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
