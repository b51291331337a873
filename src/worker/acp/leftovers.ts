import { readdirSync, readFileSync } from 'node:fs';
import { hasCode } from '../../lib/paths.ts';

/** In the environment of an agent program, and so of all that it starts. */
export const runMarker = 'AGENT_RUN_ID';

/**
 * Ends what a program that has ended left behind in process groups of its own: coding agents start each
 * command in a new one, and cannot end it when they are killed. Only where the system shows the environment
 * of processes (Linux).
 */
export function endLeftovers(runId: string): void {
  const mark = `${runMarker}=${runId}\0`;
  for (const name of processes()) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark))
        process.kill(Number(name), 'SIGKILL');
    } catch (error) {
      // Other people's processes, and those that have just ended.
      const codes = ['EACCES', 'EPERM', 'ENOENT', 'ESRCH'];
      if (!codes.some((code) => hasCode(error, code))) throw error;
    }
  }
}

function processes(): string[] {
  try {
    return readdirSync('/proc');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
