import { z } from 'zod';
import { limits } from './limits.ts';

/** Who holds which files, and who changed them. Paths are relative to the project root, with `/`. */

const time = z.string().describe('ISO 8601, UTC, ends in Z');
const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .nullable();
export const FilePath = z.string().min(1).max(limits.lockPathCharsMax);

export const LockKind = z
  .enum(['file', 'folder', 'glob'])
  .describe(
    'A folder stands for all in it, a glob (`*`, `?`, `**`) for what it fits, also what is yet to be',
  );

export const FileLock = z.object({
  lock_id: z.number().int(),
  path: FilePath,
  kind: LockKind,
  holder: z.string().describe('A member: a person or an agent'),
  task_id: z.string().nullable().describe('The task it is held for, with which it ends; null: for none'),
  reason: z.string(),
  locked_at: time,
  expires_at: time.describe('When it ends by itself. Put off again and again while its task is at work'),
});
export type FileLock = z.infer<typeof FileLock>;

export const LockRequest = z.object({
  lock_request_id: z.number().int(),
  path: FilePath,
  kind: LockKind,
  requester: z.string(),
  task_id: z.string().nullable().describe('The task it is wanted for, with which it is withdrawn'),
  holder: z.string().describe('Who has it now'),
  reason: z.string(),
  status: z
    .enum(['pending', 'approved', 'denied', 'withdrawn'])
    .describe('approved: the requester holds it now, handed over or because it became free'),
  requested_at: time,
  resolved_at: time.nullable(),
  resolved_by: z.string().nullable().describe('null: it became free, or what it was wanted for ended'),
});
export type LockRequest = z.infer<typeof LockRequest>;

/** What becomes of one file that somebody wants to lock, in the words of older clients. */
export const LockResult = z
  .string()
  .describe(
    '`locked`; `already_locked`, by the same member; `locked_by_NAME`; `lock_failed`: free, but another of ' +
      'the files is not, and all are locked or none',
  );

/** A part of the project as a worker names it, which knows the files. */
export const LockTarget = z.object({
  path: FilePath,
  kind: LockKind,
  key: FilePath.describe('The same in the form by which places are compared, e.g. in lower case'),
});
export type LockTarget = z.infer<typeof LockTarget>;

/** One change of one file's content. Hashes are SHA-256 in hexadecimal. */
export const FileChange = z.object({
  change_id: z.number().int(),
  path: FilePath,
  change: z.enum(['added', 'modified', 'deleted']),
  by: z.string().nullable().describe('Who changed it; null: that cannot be told, see `during`'),
  during: z
    .array(z.string())
    .max(limits.changeSuspectsMax)
    .describe('Whose tools were at work then, where that is all that is known. Empty: nobody of the team'),
  via: z
    .enum(['edit', 'command', 'put_back', 'unknown'])
    .describe('edit: a tool that named the file; command: one that may change anything, e.g. in a shell'),
  task_id: z.string().nullable(),
  tool_call_id: z.string().max(limits.toolCallIdCharsMax).nullable(),
  before_hash: hash.describe('null: it was not there'),
  after_hash: hash.describe('null: it is gone'),
  before_mode: z.number().int().nullable().describe('Its permissions, as chmod takes them'),
  held_by: z.string().nullable().describe('Who held it, if another: the change went past the lock'),
  kept: z.boolean().describe('What was there before is kept, so that it can be put back'),
  put_back_by: z.string().nullable(),
  put_back_at: time.nullable(),
  at: time.describe('When it was noticed'),
});
export type FileChange = z.infer<typeof FileChange>;
