import { join } from 'node:path';
import type { Log } from '../lib/log.ts';
import { insideRoot } from '../lib/paths.ts';
import type { ProjectPaths } from '../lib/project-paths.ts';
import { ChatError, type FileChange, type FileLock } from '../protocol/index.ts';
import type { HeldFiles } from './held-files.ts';
import type { KeptContents } from './kept-contents.ts';
import { putBack } from './put-back.ts';
import { type SeenChange, type Suspect, seenChanges, type WatchedCall } from './seen-changes.ts';
import type { Snapshot, Workspace } from './workspace.ts';

/**
 * Notices which files change while tools are at work, by looking at the project before and after each call
 * of a tool that may change some. What is held is copied, so that it can be put back. One look at a time.
 */
export interface ChangeWatch {
  /**
   * A call begins. `asked`: it has not begun yet, and does when this resolves; else it may be at work for a
   * moment already. Beginning again is harmless.
   */
  begin(call: WatchedCall, asked: boolean): Promise<void>;
  /** Resolves when what it changed is told. */
  end(taskId: string, callId: string): Promise<void>;
  /** Ends all calls of a task. */
  endTask(taskId: string): Promise<void>;
  /** Files are held from now on, or for longer. */
  locked(locks: readonly FileLock[]): Promise<void>;
  released(locks: readonly FileLock[]): Promise<void>;
  /** All that is held now, whatever was heard before. What could not be told is told again. */
  knows(locks: readonly FileLock[]): Promise<void>;
  /** See `putBack`. It is nobody's change. */
  putBack(change: FileChange): Promise<string | null>;
}

export interface ChangeWatchOptions {
  readonly workspace: Workspace;
  readonly project: ProjectPaths;
  readonly held: HeldFiles;
  readonly kept: KeptContents;
  /** Rejects when it could not be told; then it is told again later. */
  readonly tell: (changes: SeenChange[]) => Promise<void>;
  readonly log: Log;
}

/** How long a call may have been at work when it is heard of, if it did not ask. */
const headStartMs = 250;
const untoldReportsMax = 20;
const wrongShape: ReadonlySet<string> = new Set(['bad_frame', 'too_large']);
/** After so many files other work has its turn. */
const sweptAtOnce = 500;

export function createChangeWatch(options: ChangeWatchOptions): ChangeWatch {
  const { workspace, project, held, kept, tell, log } = options;
  let suspects: Suspect[] = [];
  let previous: Snapshot | undefined;
  let previousMs = 0;
  let untold: SeenChange[][] = [];
  let telling: Promise<void> = Promise.resolve();
  let last: Promise<unknown> = Promise.resolve();
  let nextScan: Promise<void> | undefined;

  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const mine = last.then(act);
    last = mine.catch(() => undefined);
    return mine;
  }

  /** Looks at some files, or at all; whoever wants all before that look begins shares it. */
  function look(paths: readonly string[] | null): Promise<void> {
    if (paths !== null) return inTurn(() => orLog(lookNow(paths)));
    nextScan ??= inTurn(() => {
      nextScan = undefined;
      return orLog(lookNow(null));
    });
    return nextScan;
  }

  async function orLog(looking: Promise<void>): Promise<void> {
    try {
      await looking;
    } catch (error) {
      log.error({ err: error }, 'what changed in the project could not be looked at');
    }
  }

  async function lookNow(paths: readonly string[] | null): Promise<void> {
    const startedMs = Date.now();
    const concerned = suspects;
    const before = previous;
    const beforeMs = previousMs;
    const after = await (paths === null || before === undefined ? workspace.scan() : workspace.look(paths));
    previous = after;
    const isWhole = paths === null || before === undefined;
    if (isWhole) previousMs = startedMs;
    const isDone = (call: Suspect) =>
      call.untilMs !== undefined &&
      call.untilMs < startedMs &&
      (isWhole || call.paths?.every((path) => paths.includes(path)) === true);
    suspects = suspects.filter((call) => !isDone(call));
    if (before === undefined) return;
    const comparison = { before, after, beforeMs, paths, suspects: concerned };
    const { reports, leftOut } = await seenChanges(comparison, { project, held, kept });
    if (leftOut > 0) log.warn({ files: leftOut }, 'more files changed than are told');
    for (const { path } of reports.flat()) await holdOne(path, after);
    untold = [...untold, ...reports].slice(-untoldReportsMax);
    tellAll();
  }

  /** Beside the looks: while the chat cannot be reached, tools go on. */
  function tellAll(): void {
    telling = telling.then(async () => {
      while (untold[0] !== undefined) {
        const report = untold[0];
        try {
          await tell(report);
        } catch (error) {
          log.warn({ err: error }, 'what changed in the project could not be told');
          const isTakenAnyTime = !(error instanceof ChatError && wrongShape.has(error.code));
          if (isTakenAnyTime) return;
        }
        untold = untold.filter((one) => one !== report);
      }
    });
  }

  /** Copies what is in a file now, if it is held. */
  async function holdOne(path: string, { files }: Snapshot): Promise<void> {
    const file = join(project.root, path);
    const entry = files.get(path);
    if (entry === undefined || held.holderOf(path) === null) return await kept.letGo(file);
    const isKept = await kept.hold(file, entry.hash);
    if (!isKept) log.warn({ path }, 'a held file is not kept: it could not be put back');
  }

  async function holdAll(locks: readonly FileLock[]): Promise<void> {
    const snapshot = previous;
    if (snapshot === undefined) return;
    const isWide = locks.some(({ kind }) => kind !== 'file');
    const paths = isWide ? snapshot.files.keys() : locks.map(({ path }) => path);
    let swept = 0;
    for (const path of paths) {
      swept += 1;
      if (isWide && swept % sweptAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
      if (!isWide || held.holderOf(path) !== null) await holdOne(path, snapshot);
    }
  }

  async function letGoAll(): Promise<void> {
    for (const file of kept.held()) {
      const path = insideRoot(project.root, file);
      if (path === null || held.holderOf(path) === null) await kept.letGo(file);
    }
    workspace.watch(held.places());
  }

  /** What must be looked at to know what changed under a lock so far. */
  function pathsOf(locks: readonly FileLock[]): string[] | null {
    return locks.every(({ kind }) => kind === 'file') ? locks.map(({ path }) => path) : null;
  }

  function stop(which: (call: Suspect) => boolean): readonly Suspect[] {
    const untilMs = Date.now();
    const stopped = suspects.filter((call) => call.untilMs === undefined && which(call));
    suspects = suspects.map((call) => (stopped.includes(call) ? { ...call, untilMs } : call));
    return stopped;
  }

  async function lookAfter(calls: readonly Suspect[]): Promise<void> {
    if (calls.some(({ paths }) => paths === null)) await look(null);
    else if (calls.length > 0) await look(calls.flatMap(({ paths }) => paths ?? []));
    else await last;
    await telling;
  }

  async function locked(locks: readonly FileLock[]): Promise<void> {
    const news = locks.filter((lock) => !held.has(lock));
    if (news.length === 0) return;
    const paths = pathsOf(news);
    // What changed before was not past this lock.
    await look(paths);
    await inTurn(async () => {
      held.add(news);
      workspace.watch(held.places());
      // What is ignored comes into view by being held.
      previous = await (paths === null ? workspace.scan() : workspace.look(paths));
      await holdAll(news);
    });
  }

  async function released(locks: readonly FileLock[]): Promise<void> {
    if (suspects.length > 0) await look(pathsOf(locks));
    await inTurn(async () => {
      held.remove(locks);
      await letGoAll();
    });
  }

  return {
    async begin(call, asked) {
      const isSame = ({ id, taskId }: Suspect) => id === call.id && taskId === call.taskId;
      const known = suspects.some((one) => isSame(one) && one.untilMs === undefined);
      const add = (sinceMs: number) => {
        suspects = [...suspects.filter((one) => !isSame(one)), { ...call, sinceMs, untilMs: undefined }];
      };
      if (!known && !asked) add(Date.now() - headStartMs);
      if (!known || asked) await look(call.paths);
      // What happened before it was allowed is not its work.
      if (asked) add(Date.now());
    },
    async end(taskId, callId) {
      await lookAfter(stop((call) => call.taskId === taskId && call.id === callId));
    },
    async endTask(taskId) {
      await lookAfter(stop((call) => call.taskId === taskId));
    },
    locked,
    released,
    async knows(locks) {
      if (previous === undefined) await look(null);
      const gone = held.all().filter(({ lock_id }) => !locks.some((lock) => lock.lock_id === lock_id));
      if (gone.length > 0) await released(gone);
      await locked(locks);
      tellAll();
    },
    putBack: (change) =>
      inTurn(async () => {
        const failure = await putBack(change, project, kept);
        if (failure !== null) return failure;
        previous = await workspace.look([change.path]);
        await holdOne(change.path, previous);
        return null;
      }),
  };
}
