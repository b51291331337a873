import assert from 'node:assert/strict';
import { mkdtemp, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../../src/worker/acp/process.ts';
import { openAllowedHosts } from '../../src/worker/sandbox/allowed-hosts.ts';
import type { Confinement } from '../../src/worker/sandbox/confine.ts';
import { createSandbox, type SandboxOptions } from '../../src/worker/sandbox/sandbox.ts';
import { findSandbox } from '../../src/worker/sandbox/support.ts';
import { insideFolder, readOnly } from '../../src/worker/sandbox/view.ts';
import { temporaryFolder } from '../support/app.ts';
import type { Order, Outcome } from './sandboxed-program.ts';

export const support = await findSandbox(process.env);
export const skip = support.kind === 'none' ? `${support.reason} ${support.remedy}` : false;

export interface Confined {
  readonly root: string;
  readonly data: string;
  readonly pid: number;
  readonly confinement: Confinement;
  /** Runs a command in the sandbox of a session; with null as a process of the program itself. */
  run(session: string | null, command: string): Promise<Outcome>;
}

export interface ConfinedOptions extends Partial<SandboxOptions> {
  readonly providers?: readonly string[];
  /** Makes the project before the sandbox sees it. */
  readonly prepare?: (root: string) => Promise<unknown> | unknown;
}

/** A small program in the real sandbox, with a project and a home of its own. It ends with the test. */
export async function confined(
  t: Pick<TestContext, 'after'>,
  options: ConfinedOptions = {},
): Promise<Confined> {
  const base = await realpath(temporaryFolder());
  const { providers = [], prepare, ...given } = options;
  const root = given.projectRoot ?? (await mkdtemp(join(base, 'project-')));
  const data = await mkdtemp(join(base, 'data-'));
  await prepare?.(root);
  const sandbox = createSandbox({
    program: support.kind === 'bubblewrap' ? support.program : 'bwrap',
    env: { PATH: process.env.PATH, HOME: join(base, 'home') },
    dataDirectory: join(data, 'sandbox'),
    allowedHosts: openAllowedHosts([], join(data, 'sandbox', 'allowed-hosts.json')),
    chatPorts: [],
    onError: assert.ifError,
    ...given,
    projectRoot: root,
  });
  const main = fileURLToPath(new URL('./sandboxed-program.ts', import.meta.url));
  const inside = `${insideFolder}/main.ts`;
  const command = await sandbox.prepare({
    command: `${insideFolder}/node`,
    args: [inside],
    env: { PATH: process.env.PATH, PROGRAM_SECRET: 'canary-of-the-program' },
    mounts: [readOnly(main, inside)],
    httpPort: null,
    providers,
    asksForSlots: true,
  });
  const child = startProcess(command);
  const waiting = new Map<number, (outcome: Outcome) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const outcome = JSON.parse(line) as Outcome;
    waiting.get(outcome.id)?.(outcome);
    waiting.delete(outcome.id);
  });
  void child.exited.then(() => {
    for (const [id, settle] of waiting) settle({ id, code: null, output: child.errorOutput() });
  });
  t.after(async () => {
    await child.terminate(1_000);
    await sandbox.close();
  });
  let last = 0;
  if (command.confinement === undefined) throw new Error('not confined');
  return {
    ...{ root, data, pid: child.pid ?? 0, confinement: command.confinement },
    run(session, line) {
      last += 1;
      const order: Order = { id: last, session, command: line, cwd: root };
      return new Promise((resolve) => {
        if (child.hasExited) return resolve({ id: last, code: null, output: child.errorOutput() });
        waiting.set(order.id, resolve);
        child.stdin.write(`${JSON.stringify(order)}\n`);
      });
    },
  };
}
