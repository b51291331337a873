import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The state folder of the programs that this file of tests starts, in this process and below it: never the
 * one of the person who runs the tests. It goes when the file of tests ends.
 */
export const stateFolder: string = mkdtempSync(join(tmpdir(), 'opencode-slack-state-'));
process.env.XDG_STATE_HOME = stateFolder;
process.on('exit', () => rmSync(stateFolder, { recursive: true, force: true, maxRetries: 5 }));
