import { ChatError, type ErrorCode } from '../../protocol/errors.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import { StoreFileError, StoreInUseError } from '../errors.ts';
import type { OperationName } from './operations.ts';

/** What a thread is started with. */
export interface ThreadStart {
  readonly role: 'writer' | 'reader' | 'searcher';
  readonly path: string;
  /** What to do when another server has the database, in words for people. */
  readonly busyHint: string;
  /** The file may not grow over this many pages. Without it only the disk is the limit. */
  readonly pagesMax: number | null;
}

/** What a database is called; see `Store`. */
export interface DatabaseNames {
  readonly epoch: string;
  readonly databaseId: string;
}

/** A thread's first message: it works, or why not. */
export type ThreadGreeting =
  | { readonly ready: true; readonly names: DatabaseNames }
  | { readonly ready: false; readonly kind: 'in_use' | 'file' | 'bug'; readonly message: string };

/**
 * Operations for a thread, in order: name, arguments, name, arguments. Flat, because every object costs a
 * copy. null: finish what is under way and end.
 */
export type ThreadRequest = readonly (OperationName | readonly unknown[])[] | null;

/** Answers to the oldest operations that are not answered yet, in their order. */
export interface ThreadAnswer {
  readonly values: readonly unknown[];
  /** Which of them failed: index, failure, index, failure. */
  readonly failures: readonly (number | Failure)[];
  readonly events: readonly JournalEvent[];
}

export interface Failure {
  /** null: a bug, nothing that a user caused. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly stack: string | undefined;
}

export function toFailure(error: unknown, operation: string): Failure {
  if (error instanceof ChatError) return { code: error.code, message: error.message, stack: undefined };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: null, message: `The store could not ${operation}: ${message}`, stack };
}

export function fromFailure({ code, message, stack }: Failure): Error {
  return code === null ? new Error(message, { cause: stack }) : new ChatError(code, message);
}

export function toRefusal(error: unknown): ThreadGreeting {
  const { message } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof StoreInUseError) return { ready: false, kind: 'in_use', message };
  if (error instanceof StoreFileError) return { ready: false, kind: 'file', message };
  return { ready: false, kind: 'bug', message: `The database could not be opened: ${message}` };
}

export function fromRefusal({ kind, message }: Extract<ThreadGreeting, { ready: false }>): Error {
  if (kind === 'in_use') return new StoreInUseError(message);
  if (kind === 'file') return new StoreFileError(message);
  return new Error(message);
}
