import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { confined } from '../test/security/sandboxed-team.ts';
import { readOptions } from './lib/options.ts';
import { median } from './lib/stats.ts';

/** What the sandbox costs a command and the first command of a task, against none. */
const options = readOptions({ repeats: 30, starts: 8 }, ['ours']);
const commands = ['true', 'git status', 'npm --version'];

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await act();
  return performance.now() - startedMs;
}

async function plain(cwd: string, command: string): Promise<void> {
  await once(spawn('/bin/bash', ['-c', command], { cwd, stdio: 'ignore' }), 'exit');
}

const root = await realpath(await mkdtemp(join(tmpdir(), 'opencode-slack-bench-')));
const ends: (() => unknown)[] = [];
const after = (end: () => unknown) => void ends.push(end);
try {
  await plain(root, 'git init -q && touch a b c');
  const { run, confinement } = await confined({ after }, { projectRoot: root });
  await run('warm', 'true');
  console.log(
    `\nload ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}; medians in ms\n`,
  );
  console.log('| command | without | with | more | ratio |\n|---|---:|---:|---:|---:|');
  for (const command of commands) {
    const [without, within]: [number[], number[]] = [[], []];
    for (let round = 0; round < options.number('repeats'); round += 1) {
      without.push(await timed(() => plain(root, command)));
      within.push(await timed(() => run('warm', command)));
    }
    const [base, ours] = [median(without), median(within)];
    const figures = [base.toFixed(1), ours.toFixed(1), (ours - base).toFixed(1), (ours / base).toFixed(2)];
    console.log(`| \`${command}\` | ${figures.join(' | ')} |`);
  }
  const starts: number[] = [];
  for (let round = 0; round < options.number('starts'); round += 1) {
    starts.push(await timed(() => run(`start-${round}`, 'true')));
    await confinement.endCommands(`start-${round}`);
  }
  console.log(`| the first command of a task, \`true\` | | ${median(starts).toFixed(1)} | | |`);
} finally {
  for (const end of ends) await end();
  await rm(root, { recursive: true, force: true });
}
