import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { ProjectPaths } from '../lib/project-paths.ts';
import {
  ChatError,
  type CommandReply,
  type CommandRequest,
  type FileChange,
  limits,
  type SeenChange,
  type Task,
} from '../protocol/index.ts';
import type { KnownFileChange, NewFileChange } from '../store/file-change-store.ts';
import type { NewMessage, Store } from '../store/store.ts';
import { bypassText, putBackText } from './change-words.ts';

/** Who changed which files; and what was changed past a lock, which can be put back. */
export interface FileChanges {
  /** A worker tells what it saw. What went past a lock is said in the chat at once. */
  report(seen: readonly SeenChange[], workerId: string): Promise<FileChange[]>;
  /** Errors: outside_project. */
  read(query: CommandRequest<'get_file_changes'>): Promise<CommandReply<'get_file_changes'>>;
  /**
   * Has a worker put back what was there before a change. Errors: not_found; cannot_put_back, with why;
   * no_worker; unavailable, when the worker says nothing in time.
   */
  putBack(changeId: number, by: string): Promise<FileChange>;
  /** A worker tells what became of it. */
  putBackEnded(ended: CommandRequest<'report_put_back'>, workerId: string): void;
}

export interface FileChangesDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly project: ProjectPaths;
  /** Asks a worker, this one if it is connected. Gives back which; undefined: none is connected. */
  readonly askWorker: (workerId: string, change: FileChange) => string | undefined;
  readonly timeoutMs?: number;
}

interface Waiting {
  readonly workerId: string;
  readonly ended: (failure: string | null) => void;
}

export function createFileChanges(dependencies: FileChangesDependencies): FileChanges {
  const { store, clock, project, askWorker, timeoutMs = limits.putBackTimeoutMs } = dependencies;
  const waiting = new Map<number, Waiting>();
  const underWay = new Set<number>();

  async function tasksOf(seen: readonly SeenChange[], workerId: string): Promise<Map<string, Task>> {
    const ids = [...new Set(seen.flatMap(({ task_ids }) => task_ids))];
    const tasks = await Promise.all(ids.map((id) => store.readTask(id)));
    const own = tasks.filter((task) => task?.worker_id === workerId);
    return new Map(own.flatMap((task) => (task ? [[task.task_id, task]] : [])));
  }

  /** Where it is said: where the task is that did it, unless others are not to see that. */
  async function placeOf(tasks: readonly Task[]): Promise<{ conversation_id: string; isOpen: boolean }> {
    const [first] = tasks;
    const conversation_id = first?.conversation_id ?? 'main';
    const isOneOf = tasks.every((task) => task.conversation_id === conversation_id);
    const conversations = await store.listConversations();
    const found = conversations.find((one) => one.conversation_id === conversation_id);
    const isOpen = isOneOf && found?.private === false;
    return isOpen ? { conversation_id, isOpen } : { conversation_id: 'main', isOpen: false };
  }

  async function announcementOf(
    seen: readonly SeenChange[],
    changes: readonly NewFileChange[],
    tasks: ReadonlyMap<string, Task>,
    at: string,
  ): Promise<NewMessage | null> {
    const bypassed = seen.filter(({ held_by }) => held_by !== null);
    if (bypassed.length === 0) return null;
    const concerned = bypassed.flatMap(({ task_ids }) => task_ids.flatMap((id) => tasks.get(id) ?? []));
    const { conversation_id, isOpen } = await placeOf(concerned);
    const told = changes.filter(({ held_by }) => held_by !== null);
    // What an agent runs in a private conversation is not for everybody.
    const title = isOpen ? (bypassed[0]?.title ?? null) : null;
    return systemMessage(conversation_id, bypassText(told, title), at, {
      kind: 'lock_bypassed',
      changes: bypassed.map(({ path, change, diff, added_lines, removed_lines, task_ids }) => {
        return { path, change, diff, added_lines, removed_lines, attributed: task_ids.length === 1 };
      }),
      mentions: [...new Set(told.flatMap(({ held_by }) => held_by?.toLowerCase() ?? []))],
    });
  }

  function demandKept(change: KnownFileChange | null, changeId: number): KnownFileChange {
    if (change === null) throw new ChatError('not_found', `No change has the id ${changeId}.`);
    const { path, put_back_by } = change;
    const refuse = (why: string) => new ChatError('cannot_put_back', why);
    if (put_back_by !== null) throw refuse(`${put_back_by} put ${path} back already.`);
    if (!change.kept) throw refuse(`What was in ${path} before is not kept.`);
    return change;
  }

  async function done(change: KnownFileChange): Promise<void> {
    const { change_id } = change;
    const { promise, resolve, reject } = Promise.withResolvers<string | null>();
    const timer = setTimeout(() => {
      const sentence = 'The worker did not say in time whether it was put back. Look at the file.';
      reject(new ChatError('unavailable', sentence));
    }, timeoutMs);
    try {
      const { worker_id, ...told } = change;
      const workerId = askWorker(worker_id, told);
      if (workerId === undefined) {
        throw new ChatError('no_worker', 'No worker is connected, so nothing can be put back now.');
      }
      waiting.set(change_id, { workerId, ended: resolve });
      const failure = await promise;
      if (failure !== null) throw new ChatError('cannot_put_back', failure);
    } finally {
      clearTimeout(timer);
      waiting.delete(change_id);
    }
  }

  return {
    async report(seen, workerId) {
      const at = isoTime(clock);
      const tasks = await tasksOf(seen, workerId);
      const changes = seen.map((change) => toRecord(change, tasks));
      const announcement = await announcementOf(seen, changes, tasks, at);
      return store.recordFileChanges({ worker_id: workerId, changes, announcement, at });
    },
    async read({ path, bypassed, before, limit }) {
      const place = path === undefined ? null : await project.place(path);
      if (path !== undefined && place === null) {
        throw new ChatError('outside_project', `"${path}" is outside the project.`);
      }
      return store.readFileChanges({ place, bypassed, before: before ?? null, limit });
    },
    async putBack(changeId, by) {
      if (underWay.has(changeId)) {
        throw new ChatError('cannot_put_back', 'It is being put back already.');
      }
      underWay.add(changeId);
      try {
        const change = demandKept(await store.readFileChange(changeId), changeId);
        await done(change);
        const at = isoTime(clock);
        const announcement = systemMessage('main', putBackText(change, by), at, { kind: 'notice' });
        return await store.recordPutBack({ change_id: changeId, by, announcement, at });
      } finally {
        underWay.delete(changeId);
      }
    },
    putBackEnded({ change_id, failure }, workerId) {
      const asked = waiting.get(change_id);
      if (asked?.workerId === workerId) asked.ended(failure);
    },
  };
}

/** One task did it, or it cannot be told which. */
function toRecord(seen: SeenChange, tasks: ReadonlyMap<string, Task>): NewFileChange {
  const {
    task_ids,
    title: _title,
    diff: _diff,
    added_lines: _added,
    removed_lines: _removed,
    ...rest
  } = seen;
  const suspects = task_ids.flatMap((id) => tasks.get(id) ?? []);
  const only = suspects.length === 1 ? suspects[0] : undefined;
  return {
    ...rest,
    by: only?.agent_name ?? null,
    task_id: only?.task_id ?? null,
    tool_call_id: only === undefined ? null : rest.tool_call_id,
    during: only === undefined ? [...new Set(suspects.map(({ agent_name }) => agent_name))] : [],
  };
}

function systemMessage(
  conversation_id: string,
  text: string,
  at: string,
  { mentions = [], ...metadata }: NewMessage['metadata'] & { readonly mentions?: readonly string[] },
): NewMessage {
  return {
    conversation_id,
    sender_name: 'system',
    sender_kind: 'system',
    text,
    mentions,
    reply_to: null,
    client_message_id: null,
    metadata,
    at,
  };
}
