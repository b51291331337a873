import type { PathPattern } from '../lib/path-patterns.ts';
import type { FileChange } from '../protocol/index.ts';
import type { NewMessage } from './new-message.ts';

/** The part of the store that remembers who changed which files. */
export interface FileChangeStore {
  /**
   * Remembers changes, and forgets the oldest beyond `limits.fileChangesMax`. Says the message, in which
   * changed files get the ids of their records. Events: files_changed; lock_bypassed and chat_message, if
   * files were held by others.
   */
  recordFileChanges(seen: FileChangeRecord): Promise<FileChange[]>;
  /**
   * Remembers that a change was put back, as a change of its own. A change that was put back already stays as
   * it is. Errors: not_found. Events: files_changed with both; chat_message.
   */
  recordPutBack(done: PutBackRecord): Promise<FileChange>;
  /** The newest first; for a folder or a glob among the newest `limits.fileChangesWalkedMax`. */
  readFileChanges(query: FileChangeQuery): Promise<{ changes: FileChange[]; has_more: boolean }>;
  readFileChange(changeId: number): Promise<KnownFileChange | null>;
}

export interface FileChangeRecord {
  readonly worker_id: string;
  readonly changes: readonly NewFileChange[];
  readonly announcement: NewMessage | null;
  readonly at: string;
}

export type NewFileChange = Omit<FileChange, 'change_id' | 'put_back_by' | 'put_back_at' | 'at'> & {
  /** The path in the form by which places are compared. */
  readonly key: string;
};

/** With the worker that saw it, and has what was there before. */
export type KnownFileChange = FileChange & { readonly worker_id: string };

export interface PutBackRecord {
  readonly change_id: number;
  readonly by: string;
  readonly announcement: NewMessage;
  readonly at: string;
}

export interface FileChangeQuery {
  /** In this part of the project; null: in all of it. */
  readonly place: PathPattern | null;
  readonly bypassed: boolean;
  readonly before: number | null;
  readonly limit: number;
}
