import type { Log } from '../lib/log.ts';
import type { ProjectPaths } from '../lib/project-paths.ts';
import { ChatError, type FileLock, type LockRequest, limits, type Task } from '../protocol/index.ts';
import type { PermissionAnswer, PermissionQuestion } from './acp/permission.ts';
import type { TeamConnection } from './team-connection.ts';

/** Takes the files of one task before they are edited, and waits for those that others hold. */
export interface FileGate {
  /** Asks the chat for the files of an edit. Refused when another holds one, or the chat cannot be asked. */
  take(question: PermissionQuestion): Promise<PermissionAnswer>;
  /** What became of a request of this task. */
  requestChanged(request: LockRequest): void;
  /** What happened meanwhile was missed: what was waited for may be free. */
  missedEvents(): void;
  /** Whether an edit was refused that was not made since, because of another's lock. */
  isRefused(): boolean;
  /**
   * Lets go of the task's files, so that those who wait for each other never do so for ever, and resolves
   * with what it has been handed over, when that is anything; with nothing when all was denied, time is up
   * or waiting was ended.
   */
  handedOver(): Promise<readonly string[]>;
  /** There is something else to do: `handedOver` resolves. */
  wake(): void;
  endWaiting(): void;
  /** What was wanted and not handed over, with its holder, for people. */
  refusals(): readonly string[];
}

export interface FileGateOptions {
  readonly task: Task;
  readonly connection: Pick<TeamConnection, 'request'>;
  readonly project: ProjectPaths;
  readonly waitMs?: number;
  readonly log: Log;
}

export function createFileGate(options: FileGateOptions): FileGate {
  const { task, connection, project, log, waitMs = limits.lockWaitMs } = options;
  /** Who holds what an edit was refused for. */
  const refused = new Map<string, string>();
  const granted = new Set<string>();
  const denied = new Set<string>();
  let wake: (() => void) | undefined;
  let ended = false;

  const isWaiting = () => [...refused.keys()].some((path) => !granted.has(path) && !denied.has(path));

  async function take({ paths, tool }: PermissionQuestion): Promise<PermissionAnswer> {
    const places = await Promise.all(paths.map((path) => project.file(path)));
    const files = places.filter((place) => place !== null);
    if (files.length < paths.length) return reject('That is outside the project root.');
    for (const { path } of files) {
      granted.delete(path);
      denied.delete(path);
    }
    try {
      const ask = { task_id: task.task_id, files, reason: tool, wait: true };
      const { acquired, locks } = await connection.request('take_files', ask);
      if (acquired) {
        for (const { path } of files) refused.delete(path);
        return { decision: 'allow' };
      }
      for (const { path } of files) refused.set(path, locks[0]?.holder ?? 'another');
      return reject(locks.map(heldSentence).join(' ') + advice);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      return reject(`Whether anybody holds it could not be asked: ${error.message}`);
    }
  }

  return {
    take,
    requestChanged({ path, holder, status }) {
      if (status === 'approved') granted.add(path);
      else if (status !== 'pending') denied.add(path);
      else if (refused.has(path)) refused.set(path, holder);
      if (granted.size > 0 || !isWaiting()) wake?.();
    },
    missedEvents() {
      for (const path of refused.keys()) granted.add(path);
      wake?.();
    },
    isRefused: () => refused.size > 0,
    async handedOver() {
      if (granted.size === 0 && isWaiting()) {
        await connection.request('leave_files', { task_id: task.task_id }).catch((error: unknown) => {
          // They are freed when the task ends at the latest.
          log.warn({ err: error, task: task.task_id }, 'could not let go of files');
        });
        const timer = setTimeout(() => wake?.(), waitMs);
        if (granted.size === 0 && isWaiting() && !ended) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        clearTimeout(timer);
        wake = undefined;
      }
      const paths = [...granted];
      granted.clear();
      for (const path of paths) refused.delete(path);
      return ended ? [] : paths;
    },
    wake: () => wake?.(),
    endWaiting() {
      ended = true;
      wake?.();
    },
    refusals: () => [...refused].map(([path, holder]) => `${path} (held by ${holder})`),
  };
}

function heldSentence({ path, holder, task_id, reason, expires_at }: FileLock): string {
  const until =
    task_id === null ? `until ${expires_at}` : `until its task ends, at least until ${expires_at}`;
  return `${path} is held by ${holder} ${until}${reason === '' ? '' : ` (${reason})`}.`;
}

const advice =
  ' You are in line for it. Do not go around this. Do what else there is to do, then end your turn: you ' +
  'will be told when it is yours.';

function reject(reason: string): PermissionAnswer {
  return { decision: 'reject', reason };
}
