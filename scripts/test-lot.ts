import { resolve } from 'node:path';
import { describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from './test-files.ts';

/**
 * Runs files of tests in this process, one after the other. Each is a suite, so that the hooks of a file are
 * for its own tests only.
 */
export function runLot(files: readonly string[]): void {
  for (const file of files) {
    describe(file, () => import(pathToFileURL(resolve(root, file)).href));
  }
}
