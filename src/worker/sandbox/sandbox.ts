import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { siblingModule } from '../../lib/sibling-module.ts';
import { limits } from '../../protocol/index.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import { type ConfinedCommand, confine, type SandboxedProgram, type StartSandbox } from './confine.ts';
import {
  commandEnvironment,
  commandHome,
  type GitIdentity,
  gitEnvironment,
  proxyPort,
} from './environment.ts';
import type { InsideSettings } from './inside.ts';
import { createNetworkRules } from './network-rules.ts';
import { createProjectMounts } from './project-mounts.ts';
import { programMounts, systemMounts } from './system-folders.ts';
import { insideFolder, type Mount, readOnly } from './view.ts';

/** Confines agent programs and their commands on this machine. */
export interface Sandbox {
  /** Prepares a program's sandbox, before each start of it. */
  prepare(program: SandboxedProgram): Promise<ConfinedCommand>;
  /** Removes what the sandboxes need in the project. */
  close(): Promise<void>;
}

export interface SandboxOptions {
  /** bubblewrap. */
  readonly program: string;
  /** The person's environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly projectRoot: string;
  /** For the sandboxes' own files. */
  readonly dataDirectory: string;
  /** Hosts that may always be reached. */
  readonly allowedHosts: AllowedHosts;
  /** Ports of the chat on this machine, of which only the team's tools are reached. */
  readonly chatPorts: readonly number[];
  /** Hears of what went wrong in the background. */
  readonly onError: (error: unknown) => void;
}

const run = promisify(execFile);

export function createSandbox(options: SandboxOptions): Sandbox {
  const { env, projectRoot, dataDirectory } = options;
  const record = (name: string) => join(dataDirectory, name);
  const project = createProjectMounts(projectRoot, record('placeholders.json'));
  const apartFrom = [env.HOME ?? homedir(), projectRoot, dataDirectory];
  const git = gitIdentity(env);
  const module = siblingModule(import.meta.url, './inside');
  const inside = `${insideFolder}/${module.pathname.split('/').at(-1)}`;

  async function systemView(): Promise<Mount[]> {
    return [
      ...(await systemMounts()),
      ...(await programMounts(env.PATH ?? '', apartFrom)),
      ...(await accountMounts(dataDirectory)),
      readOnly(process.execPath, `${insideFolder}/node`),
      readOnly(fileURLToPath(module), inside),
    ];
  }

  const start: StartSandbox = async ({ settings, mounts, env: given, close }) => {
    const { mounts: own, setAside } = await project.view();
    const all = [...(await systemView()), ...own, ...mounts];
    const role: InsideSettings = {
      ...settings,
      slots: `${insideFolder}/slots`,
      forwards: [{ port: proxyPort, socket: `${insideFolder}/sockets/proxy.sock` }],
    };
    // A signal would open Node's debugger to every command.
    const node = [`${insideFolder}/node`, '--disable-sigusr1', '--disable-warning=ExperimentalWarning'];
    return {
      program: options.program,
      args: ['--', ...withFewProcesses, ...node, inside, JSON.stringify(role)],
      view: bubblewrapArguments({ mounts: all, cwd: projectRoot }),
      env: { ...given, ...gitEnvironment(await git) },
      afterCommand: setAside,
      close,
    };
  };

  return {
    async prepare(program) {
      await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
      const { providers } = program;
      const network = createNetworkRules({ ...options, providers, always: options.allowedHosts });
      const commandEnv = commandEnvironment(env);
      return await confine(program, { projectRoot, network, start, commandEnv, onError: options.onError });
    },
    close: project.restore,
  };
}

/** Counted in the sandbox alone, from Linux 5.14 on; before that with all that the user runs. */
const withFewProcesses = [
  '/bin/sh',
  '-c',
  'for flag in u p; do ulimit -$flag "$0" 2>/dev/null && break; done; exec "$@"',
  String(limits.sandboxProcessesMax),
];

/** Names for the user's number, without the machine's accounts; and no other machine than this one. */
async function accountMounts(dataDirectory: string): Promise<Mount[]> {
  const folder = join(dataDirectory, 'etc');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const files = {
    passwd: `agent:x:${user}:${group}:agent:${commandHome}:/bin/sh\n`,
    group: `agent:x:${group}:\n`,
    hosts: '127.0.0.1 localhost\n::1 localhost\n',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  };
  const mounts: Mount[] = [];
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    mounts.push(readOnly(join(folder, name), `/etc/${name}`));
  }
  return mounts;
}

/** Who commits: of the person's git configuration, nothing else is needed. */
async function gitIdentity(env: NodeJS.ProcessEnv): Promise<GitIdentity> {
  const ask = async (key: string) => {
    const options = { env, timeout: gitTimeoutMs, cwd: '/' };
    // Without git, or without the setting, nobody is named.
    const told = await run('git', ['config', '--global', '--get', key], options).catch(() => null);
    return told?.stdout.trim() || null;
  };
  return { name: await ask('user.name'), email: await ask('user.email') };
}

const gitTimeoutMs = 5_000;
