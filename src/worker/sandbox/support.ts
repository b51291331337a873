import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { bubblewrapArguments } from './bubblewrap.ts';
import { systemMounts } from './system-folders.ts';

/** auto: confined where the system allows it; required: tasks do not start without; off: not confined. */
export type SandboxMode = 'auto' | 'required' | 'off';

/** Whether agents can be confined here, and if not, why, with what to do, in a sentence each. */
export type SandboxSupport =
  | { readonly kind: 'bubblewrap'; readonly program: string; readonly version: string }
  | { readonly kind: 'none'; readonly reason: string; readonly remedy: string };

const run = promisify(execFile);
const trialMs = 20_000;

/** Finds bubblewrap and tries it: some systems forbid unprivileged user namespaces. */
export async function findSandbox(env: NodeJS.ProcessEnv): Promise<SandboxSupport> {
  if (process.platform !== 'linux') {
    return none(
      `Agents are not confined on this system (${process.platform}): the sandbox needs Linux.`,
      'Run the server or its worker on Linux, in a container or a virtual machine.',
    );
  }
  const program = await onPath('bwrap', env);
  if (program === null) {
    return none(
      'Agents are not confined: bubblewrap is not installed.',
      'Install the package bubblewrap (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install ' +
        'bubblewrap) and restart the server.',
    );
  }
  try {
    const trial = bubblewrapArguments({ mounts: await systemMounts(), cwd: '/' });
    const limits = { timeout: trialMs, env: { PATH: env.PATH } };
    const { stdout } = await run(program, ['--version'], limits);
    await run(program, [...trial, '--', '/bin/sh', '-c', ':'], limits);
    return { kind: 'bubblewrap', program, version: stdout.trim().replace(/^bubblewrap /, '') };
  } catch (error) {
    const told = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const short = told.trim().split('\n').slice(-1).join('').slice(0, 300);
    return none(`Agents are not confined: bubblewrap does not work here. ${short}`, namespacesRemedy);
  }
}

const namespacesRemedy =
  'It needs version 0.8 or newer and unprivileged user namespaces. Allow them (Ubuntu: sysctl ' +
  'kernel.apparmor_restrict_unprivileged_userns=0; in a container: a seccomp profile that allows unshare) ' +
  'and restart the server.';

function none(reason: string, remedy: string): SandboxSupport {
  return { kind: 'none', reason, remedy };
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (!folder.startsWith('/')) continue;
    try {
      await access(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
