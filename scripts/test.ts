import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/**
 * Runs the tests: those of the files that are named, else all. What Node compiles is kept between processes,
 * of which there are hundreds: it takes a third of the processor's time otherwise.
 */

const root = join(import.meta.dirname, '..');
const all = ['src/**/*.test.ts', 'test/**/*.test.ts'];
const named = process.argv.slice(2);
/** Many wait for processes that they started, so there are some more at once than processors. */
const concurrency = Math.min(4, availableParallelism() + 1);
const options = ['--test', `--test-concurrency=${concurrency}`, '--test-timeout=180000', '--test-force-exit'];

const tests = spawn(process.execPath, [...options, ...(named.length > 0 ? named : all)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile') },
});
tests.on('error', (error) => {
  throw error;
});
tests.on('close', (code) => {
  process.exitCode = code ?? 1;
});
