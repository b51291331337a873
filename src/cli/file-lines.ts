import type { FileChange, FileLock, LockRequest } from '../protocol/index.ts';
import { cleanLine } from './sanitise.ts';

/** What is printed about files. */

/** One change: its number, when, what, by whom, and whether it went past a lock. */
export function fileChangeLine(change: FileChange): string {
  const { change_id, at, path, task_id, held_by, put_back_by } = change;
  const parts = [
    `#${change_id} ${timeOf(at)} ${change.change} ${cleanLine(path)} ${whoWords(change)}`,
    `${shortHash(change.before_hash)} -> ${shortHash(change.after_hash)}`,
  ];
  if (task_id !== null) parts.push(`task ${cleanLine(task_id)}`);
  if (held_by !== null) parts.push(`past the lock of ${cleanLine(held_by)}`);
  if (put_back_by !== null) parts.push(`put back by ${cleanLine(put_back_by)}`);
  else if (change.kept) parts.push(`/putback ${change_id}`);
  return parts.join(', ');
}

function whoWords({ by, during, via }: FileChange): string {
  if (by !== null) return `by ${cleanLine(by)} (${via.replace('_', ' ')})`;
  if (during.length === 0) return 'by nobody of the team';
  return `while commands of ${during.map(cleanLine).join(' and ')} ran`;
}

/** As git shows hashes. */
function shortHash(hash: string | null): string {
  return hash?.slice(0, 12) ?? 'nothing';
}

/** One lock: what, by whom, until when, what for. */
export function lockLines({ path, kind, holder, task_id, expires_at, reason }: FileLock): string[] {
  const until = task_id === null ? `until ${timeOf(expires_at)}` : 'until its task ends';
  const what = `${cleanLine(path)}${kind === 'folder' ? '/' : ''}`;
  return [`${what}  ${cleanLine(holder)}, ${until}${reason === '' ? '' : `: ${cleanLine(reason)}`}`];
}

/** Who waits for which file, and how it is answered. */
export function requestLine(request: LockRequest): string {
  const { lock_request_id: id, path, requester, holder, reason } = request;
  const why = reason === '' ? '' : `: ${cleanLine(reason)}`;
  const asks = `${cleanLine(requester)} asks ${cleanLine(holder)} for ${cleanLine(path)}${why}`;
  return `#${id} ${asks}  (/approve-file ${id}, /deny-file ${id})`;
}

function timeOf(at: string): string {
  return `${at.slice(0, 19).replace('T', ' ')}Z`;
}
