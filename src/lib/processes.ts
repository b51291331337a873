import { hasCode } from './paths.ts';

/** Whether a process runs, whosever it is. Another one may have got the number of one that ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but there.
    return hasCode(error, 'EPERM');
  }
}
