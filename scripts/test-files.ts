import { globSync } from 'node:fs';
import { join } from 'node:path';

/** The files of tests, and which of two commands runs them. */

export const root: string = join(import.meta.dirname, '..');

/**
 * Tests in these folders of `test` need a browser, the real opencode, the packed package, or the server as a
 * process that is killed or looked into. `npm run test:system` runs them, `npm test` all others.
 */
const systemFolders = ['agents', 'browser', 'fuzz', 'package', 'system'];

/** Whether `npm run test:system` runs a file, given from the root of the repository. */
export function isSystemTest(path: string): boolean {
  const [top, folder] = path.split('/');
  return top === 'test' && systemFolders.includes(folder ?? '');
}

/** The files of one of the two commands, in alphabetical order. */
export function testFiles(system: boolean): string[] {
  return globSync('{src,test}/**/*.test.ts', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => isSystemTest(path) === system)
    .sort();
}
