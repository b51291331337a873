import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `npm run bench` lists the benchmarks; `npm run bench -- all`, or `-- fan-out`, runs them. */
const benchmarks: readonly (readonly [command: string, about: string])[] = [
  ['fan-out.ts --receivers 100', 'saturated: what a delivery costs the server, 100 receivers'],
  ['fan-out.ts --receivers 1000', 'the same, 1000 receivers'],
  ['fan-out.ts --receivers 5000', 'the same, 5000 receivers'],
  ['fan-out.ts --receivers 1000 --rate 50', 'a busy room: CPU and latency at 50 messages a second'],
  ['fan-out.ts --receivers 1000 --rate 200', 'four times as busy: who keeps up'],
  ['durable.ts --senders 100', 'durable messages a second, against bare node:sqlite'],
  ['idle.ts --connections 10000', 'memory of a signed-in connection that does nothing'],
  ['resume.ts', 'one client that missed 10,000 events'],
  ['resume.ts --clients 1000 --missed 1000', 'a restart: 1000 clients come back at once, a stranger talks'],
  ['retention.ts --seconds 20', 'a million messages, of which 10,000 are kept, while people talk'],
  ['search.ts', 'history and search in a chat of 10,000 messages, and of a million'],
  ['locks.ts', 'what taking locks costs the others, while 9,800 are held'],
  ['sandbox.ts', 'what the sandbox costs a command, and the first one of a task'],
  ['ten-agents.ts', 'ten agents at work through one real opencode: memory, sessions, acknowledgements'],
];

const wanted = process.argv[2];
if (wanted === undefined) {
  console.log('Each is a command of its own; `npm run bench -- all` runs them one after another.\n');
  for (const [command, about] of benchmarks) console.log(`node bench/${command}\n    ${about}`);
} else {
  const chosen = benchmarks.filter(([command]) => wanted === 'all' || command.startsWith(wanted));
  if (chosen.length === 0) console.error(`No benchmark begins with "${wanted}".`);
  for (const [command] of chosen) {
    const [file = '', ...args] = command.split(' ');
    const path = join(import.meta.dirname, file);
    const { status } = spawnSync(process.execPath, [path, ...args, ...process.argv.slice(3)], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exitCode = 1;
  }
}
