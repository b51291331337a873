import { z } from 'zod';
import { ChangedFile } from './entities.ts';
import { FileChange, FileLock, FilePath, LockRequest, LockResult, LockTarget } from './file-entities.ts';
import { limits } from './limits.ts';
import { OptionalText } from './shown-text.ts';

/** Commands about who holds which files. */

const name = z
  .string()
  .min(1)
  .max(limits.userIdCharsMax)
  .optional()
  .describe('For which agent; without it for yourself');
const file = FilePath.describe(
  'Relative to the project root or absolute. A folder, or a name that ends in "/", is all in it; with `*` ' +
    'or `?` it is a glob',
);
const files = z.array(file).min(1).max(limits.filesPerLockMax);
const reason = OptionalText(limits.lockReasonCharsMax).default('');
const lock_request_id = z.number().int();
const task_id = z.string().max(100);

/** What to lock, as REST takes it too. */
export const LockFields = z.object({ name, files, description: reason });
export const ReleaseFields = z.object({
  name,
  files: files.nullish().describe('Without it: everything that is held'),
});
export const RequestFields = z.object({ name, file, reason });

export const LockReply = z.object({
  acquired: z.boolean().describe('All of it is locked now. If not, nothing was'),
  result: z.record(z.string(), LockResult).describe('What became of each file, by its name as given'),
  locks: z.array(FileLock).describe('What is held now; if not acquired, who holds what is in the way'),
});
export const RequestReply = z.object({
  result: z
    .string()
    .describe('`file_not_locked`, `already_owner`, `request_already_exists` or `request_sent_to_NAME`'),
  request: LockRequest.nullable(),
});

/** Which changes, the newest first; as REST takes it too. */
export const ChangesQuery = z.object({
  path: file.optional().describe('Of this file, folder or glob; without it, of all'),
  bypassed: z.boolean().default(false).describe('Only what went past a lock'),
  before: z.number().int().optional().describe('Only older ones than this change'),
  limit: z.number().int().min(1).max(limits.fileChangesPageMax).default(limits.fileChangesPageDefault),
});
export const ChangesReply = z.object({
  changes: z.array(FileChange),
  has_more: z.boolean(),
});

/** A change as a worker saw it. */
const SeenChange = FileChange.pick({
  path: true,
  change: true,
  via: true,
  tool_call_id: true,
  before_hash: true,
  after_hash: true,
  before_mode: true,
  held_by: true,
  kept: true,
}).extend({
  key: LockTarget.shape.key,
  task_ids: z
    .array(task_id)
    .max(limits.changeSuspectsMax)
    .describe('The task whose tool did it, or all whose tools may have'),
  title: z.string().max(limits.toolTitleCharsMax).nullable().describe('What that tool call did'),
  ...ChangedFile.pick({ diff: true, added_lines: true, removed_lines: true }).shape,
});
export type SeenChange = z.infer<typeof SeenChange>;

export const fileCommands = {
  get_locks: {
    doc: 'Who holds which files, the newest first, and who waits for what, the oldest first.',
    needs: 'read',
    request: z.object({}),
    replyType: null,
    reply: z.object({ locks: z.array(FileLock), requests: z.array(LockRequest) }),
  },
  lock_files: {
    doc: 'Hold files, so that nobody else changes them: all of these or none.',
    needs: 'lock',
    request: LockFields,
    replyType: null,
    reply: LockReply,
  },
  release_files: {
    doc: 'Let go of files.',
    needs: 'lock',
    request: ReleaseFields,
    replyType: null,
    reply: z.object({ released: z.array(z.string()).describe('What was held and is free now') }),
  },
  request_file: {
    doc:
      'Ask for a file that another holds. Whoever holds it, asked for the task it is held for, or is an ' +
      'admin approves or denies it; when it becomes free, whoever asked first has it.',
    needs: 'lock',
    request: RequestFields,
    replyType: null,
    reply: RequestReply,
  },
  approve_request: {
    doc: 'Hand over what a request asks for: the lock that is in its way ends, the requester holds it.',
    needs: 'lock',
    request: z.object({ lock_request_id }),
    replyType: null,
    reply: z.object({ request: LockRequest }),
  },
  deny_request: {
    doc: 'Deny a request. Whoever made it takes it back by this.',
    needs: 'lock',
    request: z.object({ lock_request_id }),
    replyType: null,
    reply: z.object({ request: LockRequest }),
  },
  force_release: {
    doc: "End anybody's locks on files.",
    needs: 'force_release',
    request: z.object({ files }),
    replyType: null,
    reply: z.object({ released: z.array(FileLock) }),
  },
  get_file_changes: {
    doc: 'Who changed which files, the newest change first.',
    needs: 'read',
    request: ChangesQuery,
    replyType: null,
    reply: ChangesReply,
  },
  put_back: {
    doc:
      'Make a file what it was before a change that went past a lock, if nobody changed it since. ' +
      'Errors: `not_found`, `cannot_put_back`, `no_worker`, `unavailable`.',
    needs: 'lock',
    request: z.object({ change_id: z.number().int() }),
    replyType: null,
    reply: z.object({ change: FileChange }),
  },
  report_file_changes: {
    doc: 'A worker tells what changed in the project.',
    needs: 'work',
    request: z.object({ changes: z.array(SeenChange).min(1).max(limits.fileChangesPerReportMax) }),
    replyType: null,
    reply: z.object({ changes: z.array(FileChange) }),
  },
  report_put_back: {
    doc: 'A worker tells what became of `put_back_asked`.',
    needs: 'work',
    request: z.object({
      change_id: z.number().int(),
      failure: z.string().max(limits.reasonCharsMax).nullable().describe('Why not; null: it is done'),
    }),
    replyType: null,
    reply: z.object({}),
  },
  take_files: {
    doc: 'A worker locks files for a task of its own before an edit: all of these or none.',
    needs: 'work',
    request: z.object({
      task_id,
      files: z.array(LockTarget).min(1).max(limits.filesPerLockMax),
      reason,
      wait: z.boolean().default(false).describe('If refused, wait in line for them'),
    }),
    replyType: null,
    reply: z.object({ acquired: z.boolean(), locks: LockReply.shape.locks }),
  },
  leave_files: {
    doc: 'A worker lets go of all files of a task that has nothing under way, while it waits for others.',
    needs: 'work',
    request: z.object({ task_id }),
    replyType: null,
    reply: z.object({}),
  },
} as const;
