import { z } from 'zod';
import { type FileLock, FilePath, limits } from '../protocol/index.ts';
import { inQuotes, named } from './quoted.ts';
import { type McpDomains, type Tool, tool } from './tool.ts';

const files = z
  .array(FilePath)
  .min(1)
  .max(limits.filesPerLockMax)
  .describe('Files, folders (ending in "/") or globs, from the project root');

/** Who holds which files. */
export function fileTools({ locks }: McpDomains): Tool[] {
  return [
    tool({
      name: 'list_locks',
      description: 'Who holds which files of the project, and who waits for them.',
      needs: 'read',
      input: z.object({}),
      async run() {
        const { locks: held, requests } = await locks.list();
        const waiting = requests.map(
          ({ lock_request_id, path, requester, holder }) =>
            `request ${lock_request_id}: ${requester} waits for ${named(path)} of ${holder}`,
        );
        return [...held.map(heldLine), ...waiting].join('\n') || 'Nobody holds any file.';
      },
    }),
    tool({
      name: 'lock_files',
      description:
        'Hold files so that nobody else changes them: all of these or none. What you edit is held by ' +
        'itself; lock what you will change later in your task. It ends with your task. For a large part of ' +
        'the project a person is asked first.',
      needs: 'lock',
      input: z.object({ files, reason: z.string().max(limits.lockReasonCharsMax).default('') }),
      async run({ files: asked, reason }, { identity, task }) {
        const ask = { files: asked, description: reason || (task?.description.slice(0, 100) ?? '') };
        const { acquired, locks: held } = await locks.lock(ask, identity, task);
        return acquired
          ? `You hold ${asked.map(named).join(', ')}.`
          : `Not locked. ${held.map(heldLine).join(' ')}`;
      },
    }),
    tool({
      name: 'release_files',
      description: 'Let go of files that you hold, before your task ends; without files, of all.',
      needs: 'lock',
      input: z.object({ files: files.optional() }),
      async run(asked, { identity }) {
        const by = { actor: identity.user_id, address: null, device: 'a tool' };
        const released = await locks.release(asked, identity, by);
        return released.length === 0 ? 'You held none of these.' : `Released ${paths(released)}.`;
      },
    }),
    tool({
      name: 'request_file',
      description:
        'Ask for a file that another holds. It comes to you when the holder is done or gives it away; do ' +
        'something else meanwhile, or end your turn.',
      needs: 'lock',
      input: z.object({ file: FilePath, reason: z.string().max(limits.lockReasonCharsMax).default('') }),
      async run(asked, { identity, task }) {
        const { result } = await locks.request(asked, identity, task);
        return result;
      },
    }),
  ];
}

function heldLine({ path, holder, reason, expires_at }: FileLock): string {
  const why = reason === '' ? '' : ` (${inQuotes(reason)})`;
  return `${named(path)} is held by ${holder} until ${expires_at}${why}.`;
}

function paths(locks: readonly FileLock[]): string {
  return locks.map(({ path }) => named(path)).join(', ');
}
