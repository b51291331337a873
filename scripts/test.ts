import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, testFiles } from './test-files.ts';

/**
 * Runs tests: without arguments the quick ones, with `--system` those that need more of the machine, else the
 * files that are named. What Node compiles is kept between processes.
 *
 * A process for each file would cost more than most tests do: the quick ones share a few processes, each of
 * which runs a lot of files. The others, and those that are named, have a process for each file.
 */

/** Many wait for processes or threads that they started, so there are some more at once than processors. */
const concurrency = Math.min(4, availableParallelism() + 1);
/** The more, the less one waits for the last; each costs a second of a processor. */
const lotsPerProcess = 2;
/** For one test, not for a file: reached only when something is broken. */
const testTimeoutMs = 180_000;

const named = process.argv.slice(2);
const lots = mkdtempSync(join(tmpdir(), 'opencode-slack-tests-'));
process.on('exit', () => rmSync(lots, { recursive: true, force: true }));

if (named.length === 0) run(writeLots(testFiles(false)));
else run(named[0] === '--system' ? testFiles(true) : named);

/** Deals the files out, and writes a program for each lot. Gives back the paths of the programs. */
function writeLots(files: readonly string[]): string[] {
  const module = pathToFileURL(join(import.meta.dirname, 'test-lot.ts')).href;
  const count = lotsPerProcess * concurrency;
  return Array.from({ length: count }, (_, lot) => {
    const path = join(lots, `lot-${lot + 1}.mjs`);
    const own = files.filter((_file, at) => at % count === lot);
    writeFileSync(path, `import { runLot } from '${module}';\nrunLot(${JSON.stringify(own)});\n`);
    return path;
  });
}

function run(files: readonly string[]): void {
  const limits = [`--test-concurrency=${concurrency}`, `--test-timeout=${testTimeoutMs}`];
  const tests = spawn(process.execPath, ['--test', ...limits, '--test-force-exit', ...files], {
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
}
