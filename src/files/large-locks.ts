import { createHash } from 'node:crypto';
import { covers } from '../lib/path-patterns.ts';
import { ChatError, type LockTarget, limits, type Task, type ToolAction } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';

/** How many of a project's files some places hold. */
export interface FileCount {
  readonly covered: number;
  readonly total: number;
  /** False: there are more files than were counted. */
  readonly complete: boolean;
}

/** Keeps an agent from holding much of the project unless a person allows it. People hold what they like. */
export interface LargeLocks {
  /**
   * Resolves when the lock may be taken. Errors: forbidden, when a person denied it or there is no task at
   * which people can be asked; waits_for_approval.
   */
  demandAllowed(holder: string, targets: readonly LockTarget[], task: Task | null): Promise<void>;
}

export interface LargeLocksDependencies {
  readonly store: Pick<Store, 'listLocks' | 'listActiveTasks'>;
  readonly now: () => string;
  /** See `ProjectPaths`. */
  readonly keyOf: (path: string) => string;
  /** Null: it cannot be known now. */
  readonly countFiles: (workerId: string, places: readonly LockTarget[]) => Promise<FileCount | null>;
  /** Asks the people of a task. */
  readonly askPeople: (task: Task, callId: string, action: ToolAction) => Promise<void>;
}

export function createLargeLocks(dependencies: LargeLocksDependencies): LargeLocks {
  const { store, now, keyOf, countFiles, askPeople } = dependencies;

  /** A worker locks in an agent's name without saying for which task. */
  async function taskOf(holder: string): Promise<Task> {
    const tasks = await store.listActiveTasks();
    const task = tasks.find(({ agent_name, status }) => agent_name === holder && status !== 'assigned');
    if (task !== undefined) return task;
    throw new ChatError('forbidden', `${holder} is at no task, so nobody can be asked about that lock.`);
  }

  /** What it holds of folders and globs counts too, so that many small locks are not a way around. */
  async function placesWith(holder: string, targets: readonly LockTarget[]): Promise<LockTarget[]> {
    const held = (await store.listLocks(now()))
      .filter((lock) => lock.holder === holder && isWide(lock))
      .map(({ path, kind }) => ({ path, kind, key: keyOf(path) }));
    const added = targets.filter((target) => !held.some((lock) => covers(lock, target)));
    return added.length === 0 ? [] : [...added, ...held].slice(0, limits.countedPlacesMax);
  }

  return {
    async demandAllowed(holder, targets, given) {
      if (!targets.some(isWide) && targets.length <= limits.lockNamedFilesUnaskedMax) return;
      const places = await placesWith(holder, targets);
      if (places.length === 0) return;
      const task = given ?? (await taskOf(holder));
      const count = task.worker_id === null ? null : await countFiles(task.worker_id, places);
      if (count !== null && !isMuch(count) && !targets.some(isEverything)) return;
      await askPeople(task, callIdOf(targets), actionOf(targets, count));
    },
  };
}

const isWide = ({ kind }: Pick<LockTarget, 'kind'>) => kind !== 'file';

/** Whatever files there are and will be. */
function isEverything({ kind, key }: LockTarget): boolean {
  return kind === 'folder' ? key === '.' : kind === 'glob' && /^(\*\*\/)*\*\*?$/.test(key) && key !== '*';
}

function isMuch({ covered, total }: FileCount): boolean {
  return covered * 100 > total * limits.lockUnaskedPercentMax;
}

/** The same files are the same question, however often the agent asks for them in its task. */
function callIdOf(targets: readonly LockTarget[]): string {
  const keys = targets.map(({ kind, key }) => `${kind} ${key}`).sort();
  return `lock-${createHash('sha256').update(JSON.stringify(keys)).digest('base64url')}`;
}

function actionOf(targets: readonly LockTarget[], count: FileCount | null): ToolAction {
  const paths = targets.map(({ path }) => path);
  const isShort = paths.length <= limits.toolPathsMax;
  const input = isShort ? null : JSON.stringify(paths, null, 2);
  if (input !== null && input.length > limits.approvalInputCharsMax) {
    throw new ChatError('too_large', 'People cannot be asked about so many names at once. Lock a folder.');
  }
  return {
    tool: 'lock',
    title: `Hold ${sizeText(count)}, so that nobody else changes them`,
    ...{ command: null, input, diff: '' },
    paths: isShort ? paths : [],
    options: [
      { option_id: 'allow', name: 'Allow', kind: 'allow_once' },
      { option_id: 'deny', name: 'Deny', kind: 'reject_once' },
    ],
  };
}

/** With what the agent holds already. */
function sizeText(count: FileCount | null): string {
  if (count === null) return 'an unknown number of files of the project';
  const { covered, total, complete } = count;
  const more = complete ? '' : 'at least ';
  return `${more}${covered} of the ${more}${total} files of the project`;
}
