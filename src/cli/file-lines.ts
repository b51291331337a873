import type { FileChange } from '../protocol/index.ts';
import { cleanLine } from './sanitise.ts';

/** What is printed about files. */

/** One change: its number, when, what, by whom, and whether it went past a lock. */
export function fileChangeLine(change: FileChange): string {
  const { change_id, at, path, task_id, held_by, put_back_by } = change;
  const time = `${at.slice(0, 19).replace('T', ' ')}Z`;
  const parts = [
    `#${change_id} ${time} ${change.change} ${cleanLine(path)} ${whoWords(change)}`,
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
