import type { Log } from '../lib/log.ts';
import type { ProjectPaths } from '../lib/project-paths.ts';
import {
  type Approval,
  type ChangedFile,
  type ChatMessage,
  type CommandInput,
  type LockRequest,
  limits,
  type Member,
  type SessionPlace,
  type Steer,
  type Task,
  visibleText,
} from '../protocol/index.ts';
import type { AgentProgram } from './acp/program.ts';
import type { Turn, TurnResult } from './acp/turn.ts';
import type { TurnRequest } from './acp/turn-request.ts';
import type { TurnUpdate } from './acp/updates.ts';
import { createApprover } from './approver.ts';
import { createCallWatch } from './call-watch.ts';
import type { ChangeWatch } from './change-watch.ts';
import { changedFiles } from './changes.ts';
import { createFileGate } from './file-gate.ts';
import { createHelpWait } from './help-wait.ts';
import {
  continuePrompt,
  goOnPrompt,
  handedOverPrompt,
  restartPrompt,
  steerPrompt,
  taskPrompt,
  withSteers,
} from './prompt.ts';
import { createReporter, type ProgressReporter, type ReporterOptions } from './report.ts';
import { taskResult } from './result.ts';
import type { CommandLeftovers } from './sandbox/command-sandboxes.ts';
import { whyElsewhere } from './session-place.ts';
import { taskEnding } from './task-ending.ts';
import { createTaskTools } from './task-tools.ts';
import type { TeamConnection } from './team-connection.ts';
import type { ToolRelay } from './tool-relay.ts';
import type { Snapshot, Workspace } from './workspace.ts';

/** One task being done. */
export interface TaskRun {
  readonly task: Task;
  /** Files that its edits named so far. */
  readonly touched: ReadonlySet<string>;
  /**
   * Does it. Resolves with what to report; null when it was abandoned. Again: when it was told something
   * right before its end was reported, it goes on.
   */
  start(progress: ReporterOptions): Promise<CommandInput<'finish_task'> | null>;
  stop(): void;
  /** It was told something that its agent takes when its turn has ended. */
  told(): void;
  /** The same, but the turn is broken off for it. */
  steered(): void;
  /** It has ended for good: nothing of it reaches the team any more. */
  close(): void;
  /** Ends it without a report. */
  abandon(): void;
  /** Another task began while this one was running. */
  meets(other: TaskRun): void;
  /** What became of a request for a file that this task waits for. */
  requestChanged(request: LockRequest): void;
  /** Its agent asked for help, or needs it no more. */
  helpChanged(needed: boolean): void;
  /** Its turn is broken off, and it begins again in a new session. */
  restart(reason: string): void;
  /** What became of what this task's agent asked to be allowed. */
  approvalAnswered(approval: Approval): void;
  /** The connection is back; what happened meanwhile was not heard. */
  missedEvents(): void;
}

export interface TaskRunOptions {
  readonly program: AgentProgram;
  readonly relay: ToolRelay;
  /** Whose words its agent may know of: its session is one of this audience. */
  readonly audience: string;
  readonly workspace: Workspace;
  readonly watch: ChangeWatch;
  /** What the agent is to be told at its next turn. Asked once for each. */
  readonly news: () => readonly string[];
  readonly project: ProjectPaths;
  readonly connection: Pick<TeamConnection, 'request'>;
  readonly task: Task;
  readonly agent: Member | null;
  readonly instructions: string;
  readonly context: readonly ChatMessage[];
  /** The task that it takes up. */
  readonly former: Task | null;
  /** Where its agent's session is. */
  readonly place: SessionPlace;
  /** Tasks that were running already. */
  readonly others: readonly TaskRun[];
  readonly log: Log;
}

const changingTools: ReadonlySet<string> = new Set(['edit', 'delete', 'move']);

export function createTaskRun(options: TaskRunOptions): TaskRun {
  const { task, workspace, program, connection, log } = options;
  const touched = new Set<string>();
  const met = new Set<TaskRun>(options.others);
  const gate = createFileGate(options);
  const calls = createCallWatch(options);
  const approver = createApprover(options);
  const helpWait = createHelpWait();
  const tools = createTaskTools(options);
  let turn: Turn | undefined;
  let reporter: ProgressReporter | undefined;
  let before: Snapshot | null | undefined;
  let result: TurnResult | undefined;
  /** It was told something that is not to wait for the end of the turn. */
  let urgent = false;
  /** The turn was broken off for it. */
  let brokenOff = false;
  /** All that it was told. */
  const told: Steer[] = [];
  /** Why it is to begin again. */
  let restartReason: string | undefined;
  let stopping = false;
  let abandoned = false;

  function noteEdit(update: TurnUpdate): void {
    if (update.kind !== 'tool' || update.status !== 'completed' || !changingTools.has(update.tool)) return;
    for (const path of update.paths) touched.add(path);
  }

  function reportTampering(): void {
    connection.request('report_tampering', { task_id: task.task_id }).catch((error: unknown) => {
      log.error({ err: error, task: task.task_id }, 'tampering with an agent program could not be told');
    });
  }

  async function runTurn({
    prompt,
    ...session
  }: Pick<TurnRequest, 'prompt' | 'session'>): Promise<TurnResult> {
    if (stopping) return stopped({ text: '' }, 'Stopped before the agent began.');
    if (urgent) return stopped({ text: '' });
    brokenOff = false;
    turn = program.runTurn({
      ...session,
      agent: task.agent_name,
      prompt: (remembers) => {
        const text = typeof prompt === 'string' ? prompt : prompt(remembers);
        return [...options.news(), text].join('\n\n');
      },
      readOnly: task.kind === 'question',
      ...(task.model ? { model: task.model } : {}),
      audience: options.audience,
      employment: `${options.place.employed_at} ${options.place.role}`,
      teamAccess: tools.access,
      onTampering: reportTampering,
      beforeTool: calls.allowed,
      gates: { approve: approver.approve, take: gate.take },
      onUpdate(update) {
        noteEdit(update);
        if (update.kind === 'tool') calls.updated(update);
        reporter?.update(update);
      },
    });
    return await turn.result;
  }

  /** What the task was told and its agent does not know. */
  async function takeSteers(): Promise<readonly Steer[]> {
    urgent = false;
    try {
      const { steers } = await connection.request('take_steers', { task_id: task.task_id });
      told.push(...steers);
      return steers;
    } catch (error) {
      // The task does not complete before they are taken.
      log.warn({ err: error, task: task.task_id }, 'what a task was told could not be taken');
      return [];
    }
  }

  /** The first turn: in the session of the task that it takes up, or told what was done there. */
  async function begin(): Promise<TurnResult> {
    const { former, project } = options;
    const steers = task.steers.length > 0 ? await takeSteers() : [];
    const anew = withSteers(taskPrompt(options, project.root), steers);
    if (former === null || task.predecessor?.how === 'reassign') return runTurn({ prompt: anew });
    if (task.predecessor?.how === 'retry') return runTurn({ prompt: anew, session: null });
    const again = withSteers(continuePrompt(task, former), steers);
    const elsewhere = task.agent_session && whyElsewhere(task.session_place, options.place);
    const prompt = (remembers: boolean) => {
      if (remembers) return again;
      if (task.agent_session !== null)
        sayAnew(elsewhere ?? `${options.place.program} does not have that session`);
      return anew;
    };
    return runTurn({ prompt, session: elsewhere === null ? task.agent_session : null });
  }

  /** People are told that its agent does not remember what was done. */
  function sayAnew(reason: string): void {
    const anew = reason.slice(0, limits.sessionFolderCharsMax);
    connection
      .request('report_progress', { task_id: task.task_id, progress: null, anew })
      .catch((error: unknown) => {
        log.error({ err: error, task: task.task_id }, 'that a task begins anew could not be told');
      });
  }

  /** The task from its start, without what the agent remembers of it. */
  async function beginAgain(reason: string): Promise<TurnResult> {
    restartReason = undefined;
    await takeSteers();
    const anew = taskPrompt(options, options.project.root);
    return runTurn({ prompt: withSteers(`${anew}\n\n${restartPrompt(reason)}`, told), session: null });
  }

  /**
   * Turns until the task is done: one more whenever it was steered, handed over what others held, helped, or
   * is to begin again.
   */
  async function goOn(first: TurnResult): Promise<TurnResult> {
    let handedOver = 0;
    for (let result = first; ; ) {
      const { kind } = result.ending;
      if (stopping) return kind === 'stopped' ? result : stopped(result);
      if (kind === 'gone' || kind === 'failed' || (kind === 'stopped' && !brokenOff)) return result;
      if (restartReason !== undefined) {
        result = await beginAgain(restartReason);
        continue;
      }
      const isOver = kind !== 'stopped';
      let paths: readonly string[] = [];
      let steers = await takeSteers();
      if (isOver && steers.length === 0 && helpWait.isNeeded()) {
        const isHelped = await helpWait.helped();
        if (stopping || restartReason !== undefined) continue;
        if (!isHelped) return failed(result, 'It asked for help, and got none.');
        steers = await takeSteers();
      }
      const isWaiting = isOver && steers.length === 0 && gate.isRefused();
      if (isWaiting && handedOver < limits.handedOverTurnsMax) {
        handedOver += 1;
        paths = await gate.handedOver();
        if (stopping || restartReason !== undefined) continue;
        steers = await takeSteers();
      }
      if (stopping) return stopped(result);
      const prompts = [
        ...(paths.length > 0 ? [handedOverPrompt(task, paths)] : []),
        ...(steers.length > 0 ? [steerPrompt(steers)] : []),
        ...(!isOver && steers.length === 0 ? [goOnPrompt] : []),
      ];
      if (prompts.length === 0) return gate.isRefused() ? failed(result, inVain()) : result;
      result = await runTurn({ prompt: prompts.join('\n\n') });
    }
  }

  function inVain(): string {
    return `Not all could be changed. It waited in vain for ${gate.refusals().join(', ')}.`;
  }

  /** Null: what was changed is not known. */
  async function changesSince(before: Snapshot | null): Promise<ChangedFile[] | null> {
    const after = before && (await look());
    if (!before || !after) return null;
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

  function wake(): void {
    gate.wake();
    helpWait.wake();
  }

  function stop(): void {
    stopping = true;
    gate.endWaiting();
    approver.end();
    helpWait.wake();
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
    close: tools.end,
    abandon() {
      abandoned = true;
      tools.end();
      stop();
    },
    steered() {
      urgent = true;
      brokenOff = true;
      turn?.stop();
      wake();
    },
    told: wake,
    helpChanged: helpWait.changed,
    restart(reason) {
      restartReason = reason;
      brokenOff = true;
      turn?.stop();
      wake();
    },
    async start(progress) {
      before ??= await look();
      try {
        reporter = createReporter(progress);
        result = await goOn(result ?? (await begin()));
        await reporter.end();
      } catch (error) {
        log.error({ err: error, task: task.task_id }, 'a task could not be run');
        result = failed({ text: '' }, `The worker could not run it: ${String(error)}`);
      }
      const left = await program.endCommands(task.agent_name);
      // What its tools did is told before its end.
      await options.watch.endTask(task.task_id);
      approver.end();
      if (abandoned) return null;
      const changes = await changesSince(before);
      const end = taskEnding(result.ending, changes?.length ?? null);
      const text = [result.text, ...leftoverNotes(left)].filter(Boolean).join('\n\n');
      return taskResult(task.task_id, { ...end, text }, changes ?? []);
    },
  };
}

/** What people are told of what the task's commands left behind. */
function leftoverNotes({ running, blocked }: CommandLeftovers): string[] {
  const names = (all: readonly string[]) =>
    all.map((one) => `\`${visibleText(one).replaceAll('`', "'")}\``).join(', ');
  return [
    ...(running.length > 0 ? [`Ended with the task: ${names(running)}`] : []),
    ...(blocked.length > 0
      ? [`Programs would execute a file that a command made. It has another name now: ${names(blocked)}`]
      : []),
  ];
}

function stopped({ text }: Pick<TurnResult, 'text'>, reason = 'Stopped by request.'): TurnResult {
  return { text, ending: { kind: 'stopped', reason } };
}

function failed({ text }: Pick<TurnResult, 'text'>, reason: string): TurnResult {
  return { text, ending: { kind: 'failed', reason } };
}
