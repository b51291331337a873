import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type Backup, type BackupOptions, backUp } from './backup.ts';
import { explainSystemError, OperatorError } from './errors.ts';

/** Makes one backup, as `workerData` says, on a thread of its own: checking it takes a while. */
export type BackupAnswer = { readonly made: Backup } | { readonly refusal: string };

const options = workerData as BackupOptions;
try {
  makeFolder(dirname(options.file));
  answer({ made: await backUp(options) });
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  answer({ refusal: error.message });
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainSystemError(error, `${path} cannot be made`);
  }
}

function answer(value: BackupAnswer): void {
  parentPort?.postMessage(value);
}
