import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bridge, openBridge } from './bridge.ts';
import { encodeArguments } from './bubblewrap.ts';
import { type CommandLeftovers, createCommandSandboxes, type SandboxStart } from './command-sandboxes.ts';
import { commandShell, slotPlugin } from './command-shell.ts';
import { commandHome, proxyEnvironment } from './environment.ts';
import type { InsideSettings } from './inside.ts';
import { openNetworkGate } from './network.ts';
import type { NetworkRules } from './network-rules.ts';
import { openSlotServer } from './slot-server.ts';
import { empty, insideFolder, type Mount, readOnly, writable } from './view.ts';

export interface SandboxedProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What it needs besides the system and the project. */
  readonly mounts: readonly Mount[];
  /** The port of its HTTP interface on loopback, which the worker asks; null: it has none. */
  readonly httpPort: number | null;
  /** URLs of its model provider. */
  readonly providers: readonly string[];
  /**
   * Whether it asks for a slot for each command (see `slotPlugin`), so that commands run apart from it. The
   * commands of other programs run in the program's own sandbox.
   */
  readonly asksForSlots: boolean;
}

/** A program as it is started in its sandbox. */
export interface ConfinedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly descriptorInput: string;
  /** Where the worker reaches its HTTP interface; 0: nowhere. */
  readonly httpPort: number;
  readonly confinement: Confinement;
}

/** One life of a confined program. */
export interface Confinement {
  readonly network: NetworkRules;
  /** Ends the commands of a session that still run. */
  endCommands(session: string): Promise<CommandLeftovers>;
  close(): Promise<void>;
}

/** How a sandbox is started on this machine, with the system and the project in it. */
export type StartSandbox = (what: {
  readonly settings: Pick<InsideSettings, 'role' | 'command' | 'exposes'>;
  readonly mounts: readonly Mount[];
  readonly env: NodeJS.ProcessEnv;
  readonly close: () => Promise<void>;
}) => Promise<SandboxStart>;

export interface ConfineOptions {
  readonly projectRoot: string;
  readonly network: NetworkRules;
  readonly start: StartSandbox;
  /** Hears of what went wrong in the background. */
  readonly onError: (error: unknown) => void;
  /** All that a command is given. */
  readonly commandEnv: NodeJS.ProcessEnv;
}

const inside = (...names: string[]) => [insideFolder, ...names].join('/');

/** Prepares one life of a program: its files, its way to the network, its sandboxes for commands. */
export async function confine(program: SandboxedProgram, options: ConfineOptions): Promise<ConfinedCommand> {
  const { network } = options;
  // Sockets have short names, which only the system's own folder for such files allows.
  const folder = await mkdtemp(join(tmpdir(), 'agent-'));
  const at = (...names: string[]) => join(folder, ...names);
  for (const name of ['sockets', 'own', 'slots', 'commands']) await mkdir(at(name), { mode: 0o700 });
  await writeFile(at('bash'), commandShell);
  await chmod(at('bash'), 0o755);
  await writeFile(at('plugin.js'), slotPlugin);

  const gate = await openGate(at('sockets', 'proxy.sock'), null, network);
  const commands = createCommandSandboxes({
    slotsFolder: at('slots'),
    prepare: (session, slots, name) => startCommands(at('commands', name), session, slots, options),
    onError: options.onError,
  });
  const slots = await openSlotServer(at('sockets', 'worker.sock'), commands);
  const bridge = program.httpPort === null ? null : await openBridge(at('own', 'http.sock'));
  if (bridge !== null) network.refuseLocalPort(bridge.port);
  const start = await options.start({
    settings: programSettings(program),
    mounts: [
      ...program.mounts,
      ...['sockets', 'slots', 'bash', 'plugin.js'].map((name) => readOnly(at(name), inside(name))),
      writable(at('own'), inside('own')),
    ],
    env: programEnvironment(program),
    close: async () => undefined,
  });
  return {
    command: start.program,
    args: ['--args', '3', ...start.args],
    env: start.env,
    cwd: options.projectRoot,
    descriptorInput: encodeArguments(start.view),
    httpPort: bridge?.port ?? 0,
    confinement: {
      network,
      async endCommands(session) {
        const { running, blocked } = await commands.end(session);
        // What the program itself made counts to the task that ends.
        return { running, blocked: [...new Set([...blocked, ...(await start.afterCommand())])] };
      },
      async close() {
        await commands.close();
        await start.afterCommand();
        await Promise.all([gate.close(), slots.close(), (bridge as Bridge | null)?.close()]);
        await rm(folder, { recursive: true, force: true });
      },
    },
  };
}

function programSettings({ command, args, httpPort }: SandboxedProgram) {
  const exposes = httpPort === null ? [] : [{ socket: inside('own', 'http.sock'), port: httpPort }];
  return { role: 'program', command: [command, ...args], exposes } as const;
}

function programEnvironment({ env, httpPort, asksForSlots }: SandboxedProgram): NodeJS.ProcessEnv {
  // Its own port only: all else on loopback is the machine's, which the proxy decides about.
  const direct = httpPort === null ? [] : [`127.0.0.1:${httpPort}`];
  const shell = asksForSlots ? inside('bash') : '/bin/sh';
  return { ...env, ...proxyEnvironment(direct), SHELL: shell, TMPDIR: '/tmp' };
}

function openGate(socket: string, session: string | null, network: NetworkRules) {
  const decide: Parameters<typeof openNetworkGate>[0]['decide'] = (request) =>
    network.decide(session, request);
  return openNetworkGate({ socket, decide, upstream: network.upstream });
}

/** The sandbox for the commands of one session, with a way to the network of its own. */
async function startCommands(
  sockets: string,
  session: string,
  slots: string,
  { network, start, commandEnv }: ConfineOptions,
): Promise<SandboxStart> {
  await mkdir(sockets, { mode: 0o700 });
  const gate = await openGate(join(sockets, 'proxy.sock'), session, network);
  return await start({
    settings: { role: 'commands', command: [], exposes: [] },
    mounts: [empty(commandHome), readOnly(sockets, inside('sockets')), readOnly(slots, inside('slots'))],
    env: commandEnv,
    async close() {
      await gate.close();
      network.ended(session);
      await rm(sockets, { recursive: true, force: true });
    },
  });
}
