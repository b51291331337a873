import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * What was typed at this terminal before, for the arrow keys. It stays on this machine, readable by its user
 * only.
 */
const file = () => join(homedir(), '.opencode_slack_client_history');

/** Newest first. */
export function loadInputHistory(linesMax: number): string[] {
  let text: string;
  try {
    text = readFileSync(file(), 'utf8');
  } catch {
    // There is none yet, or it cannot be read: a convenience less, nothing more.
    return [];
  }
  return text.split('\n').filter(Boolean).slice(-linesMax).reverse();
}

/** Takes the newest first; the file has the oldest first. */
export function saveInputHistory(lines: readonly string[], linesMax: number): void {
  try {
    const kept = lines.slice(0, linesMax).reverse();
    writeFileSync(file(), kept.map((line) => `${line.replaceAll('\n', ' ')}\n`).join(''), { mode: 0o600 });
    chmodSync(file(), 0o600);
  } catch (error) {
    process.stderr.write(
      `The history could not be saved: ${error instanceof Error ? error.message : error}\n`,
    );
  }
}
