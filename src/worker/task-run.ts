import type { Log } from '../lib/log.ts';
import type { ProjectPaths } from '../lib/project-paths.ts';
import {
  type Approval,
  type ChangedFile,
  ChatError,
  type ChatMessage,
  type CommandInput,
  type LockRequest,
  limits,
  type Member,
  type Task,
} from '../protocol/index.ts';
import type { AgentProgram } from './acp/program.ts';
import type { Turn, TurnResult } from './acp/turn.ts';
import type { TurnUpdate } from './acp/updates.ts';
import { createApprover } from './approver.ts';
import { createCallWatch } from './call-watch.ts';
import type { ChangeWatch } from './change-watch.ts';
import { changedFiles } from './changes.ts';
import { createFileGate } from './file-gate.ts';
import { handedOverPrompt, taskPrompt } from './prompt.ts';
import { createReporter, type ProgressReporter, type ReporterOptions } from './report.ts';
import { taskResult } from './result.ts';
import type { TeamConnection } from './team-connection.ts';
import type { Snapshot, Workspace } from './workspace.ts';

/** One task being done. */
export interface TaskRun {
  readonly task: Task;
  /** Files that its edits named so far. */
  readonly touched: ReadonlySet<string>;
  /** Does it. Resolves with what to report; null when it was abandoned. */
  start(progress: ReporterOptions): Promise<CommandInput<'finish_task'> | null>;
  stop(): void;
  /** Ends it without a report. */
  abandon(): void;
  /** Another task began while this one was running. */
  meets(other: TaskRun): void;
  /** What became of a request for a file that this task waits for. */
  requestChanged(request: LockRequest): void;
  /** What became of what this task's agent asked to be allowed. */
  approvalAnswered(approval: Approval): void;
  /** The connection is back; what happened meanwhile was not heard. */
  missedEvents(): void;
}

export interface TaskRunOptions {
  readonly program: AgentProgram;
  readonly workspace: Workspace;
  readonly watch: ChangeWatch;
  /** What the agent is to be told at its next turn. Asked once for each. */
  readonly news: () => readonly string[];
  readonly project: ProjectPaths;
  readonly connection: Pick<TeamConnection, 'request'>;
  readonly task: Task;
  readonly agent: Member | null;
  readonly context: readonly ChatMessage[];
  /** Tasks that were running already. */
  readonly others: readonly TaskRun[];
  readonly log: Log;
}

const changingTools: ReadonlySet<string> = new Set(['edit', 'delete', 'move']);

export function createTaskRun(options: TaskRunOptions): TaskRun {
  const { task, workspace, program, log } = options;
  const touched = new Set<string>();
  const met = new Set<TaskRun>(options.others);
  const gate = createFileGate(options);
  const calls = createCallWatch(options);
  const approver = createApprover(options);
  let turn: Turn | undefined;
  let stopping = false;
  let abandoned = false;

  function noteEdit(update: TurnUpdate): void {
    if (update.kind !== 'tool' || update.status !== 'completed' || !changingTools.has(update.tool)) return;
    for (const path of update.paths) touched.add(path);
  }

  async function teamAccess() {
    try {
      const { agent_name } = task;
      const { mcp_url: url, token } = await options.connection.request('get_agent_access', { agent_name });
      return { url, token };
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      log.warn({ err: error, task: task.task_id }, 'an agent has no tools of the team');
      return null;
    }
  }

  async function runTurn(prompt: string, reporter: ProgressReporter): Promise<TurnResult> {
    if (stopping) return { outcome: 'stopped', text: '', reason: 'Stopped before the agent began.' };
    turn = program.runTurn({
      agent: task.agent_name,
      prompt: [...options.news(), prompt].join('\n\n'),
      readOnly: task.kind === 'question',
      ...(task.model ? { model: task.model } : {}),
      teamAccess,
      beforeTool: calls.allowed,
      gates: { approve: approver.approve, take: gate.take },
      onUpdate(update) {
        noteEdit(update);
        if (update.kind === 'tool') calls.updated(update);
        reporter.update(update);
      },
    });
    return await turn.result;
  }

  /** Turns until the task is done: one, and one more whenever it is handed over what others held. */
  async function runTurns(reporter: ProgressReporter): Promise<TurnResult> {
    const prompt = taskPrompt(task, options.agent, options.context, options.project.root);
    let result = await runTurn(prompt, reporter);
    for (let turns = 0; turns < limits.handedOverTurnsMax; turns += 1) {
      if (result.outcome !== 'completed' || !gate.isRefused()) return result;
      const paths = await gate.handedOver();
      if (stopping) return { ...result, outcome: 'stopped', reason: 'Stopped by request.' };
      if (paths.length === 0) break;
      result = await runTurn(handedOverPrompt(task, paths), reporter);
    }
    if (result.outcome !== 'completed' || !gate.isRefused()) return result;
    const reason = `Not all could be changed. It waited in vain for ${gate.refusals().join(', ')}.`;
    return { ...result, outcome: 'failed', reason };
  }

  async function changesSince(before: Snapshot | null): Promise<ChangedFile[]> {
    const after = before && (await look());
    if (!before || !after) return [];
    const touchedByOthers = new Set([...met].flatMap((other) => [...other.touched]));
    return changedFiles({ before, after, touched, touchedByOthers });
  }

  /** Null when the project cannot be read: the work goes on, only what it changed cannot be told. */
  async function look(): Promise<Snapshot | null> {
    try {
      return await workspace.scan();
    } catch (error) {
      log.error({ err: error }, 'the files of the project could not be looked at');
      return null;
    }
  }

  function stop(): void {
    stopping = true;
    gate.endWaiting();
    approver.end();
    turn?.stop();
  }

  return {
    task,
    touched,
    meets: (other) => void met.add(other),
    requestChanged: gate.requestChanged,
    approvalAnswered: approver.answered,
    missedEvents() {
      gate.missedEvents();
      approver.missedEvents();
    },
    stop,
    abandon() {
      abandoned = true;
      stop();
    },
    async start(progress) {
      const before = await look();
      let result: TurnResult;
      try {
        const reporter = createReporter(progress);
        result = await runTurns(reporter);
        await reporter.end();
      } catch (error) {
        log.error({ err: error, task: task.task_id }, 'a task could not be run');
        result = { outcome: 'failed', text: '', reason: `The worker could not run it: ${String(error)}` };
      }
      // What its tools did is told before its end.
      await options.watch.endTask(task.task_id);
      approver.end();
      if (abandoned) return null;
      return taskResult(task.task_id, result, await changesSince(before));
    },
  };
}
