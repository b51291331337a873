import type { Log } from '../lib/log.ts';
import type { ChangedFile, ChatMessage, CommandInput, Member, Task } from '../protocol/index.ts';
import type { AgentProgram } from './acp/program.ts';
import type { Turn, TurnResult } from './acp/turn.ts';
import type { TurnUpdate } from './acp/updates.ts';
import { changedFiles } from './changes.ts';
import { taskPrompt } from './prompt.ts';
import { createReporter, type ReporterOptions } from './report.ts';
import { taskResult } from './result.ts';
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
}

export interface TaskRunOptions {
  readonly program: AgentProgram;
  readonly workspace: Workspace;
  readonly projectRoot: string;
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
  let turn: Turn | undefined;
  let stopping = false;
  let abandoned = false;

  function noteEdit(update: TurnUpdate): void {
    if (update.kind !== 'tool' || update.status !== 'completed' || !changingTools.has(update.tool)) return;
    for (const path of update.paths) touched.add(path);
  }

  async function runTurn(progress: ReporterOptions): Promise<TurnResult> {
    if (stopping) return { outcome: 'stopped', text: '', reason: 'Stopped before the agent began.' };
    const reporter = createReporter(progress);
    turn = program.runTurn({
      agent: task.agent_name,
      prompt: taskPrompt(task, options.agent, options.context, options.projectRoot),
      readOnly: task.kind === 'question',
      ...(task.model ? { model: task.model } : {}),
      onUpdate(update) {
        noteEdit(update);
        reporter.update(update);
      },
    });
    const result = await turn.result;
    await reporter.end();
    return result;
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

  return {
    task,
    touched,
    meets: (other) => void met.add(other),
    stop() {
      stopping = true;
      turn?.stop();
    },
    abandon() {
      abandoned = true;
      stopping = true;
      turn?.stop();
    },
    async start(progress) {
      const before = await look();
      let result: TurnResult;
      try {
        result = await runTurn(progress);
      } catch (error) {
        log.error({ err: error, task: task.task_id }, 'a task could not be run');
        result = { outcome: 'failed', text: '', reason: `The worker could not run it: ${String(error)}` };
      }
      if (abandoned) return null;
      return taskResult(task.task_id, result, await changesSince(before));
    },
  };
}
