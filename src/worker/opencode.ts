import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, cp, mkdir, readlink, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { hasCode, isMissing, isThere } from '../lib/paths.ts';
import type { AgentCommand } from './acp/process.ts';
import { agentEnvironment } from './environment.ts';
import {
  globalConfigFiles,
  overridingConfig,
  projectConfigFiles,
  readOwnConfigs,
} from './opencode-config.ts';
import { openOpencodeHttp } from './opencode-http.ts';
import { removeDeadLocks } from './opencode-locks.ts';
import type { ProjectTrust } from './project-trust.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { insideFolder, type Mount, readOnly, writable } from './sandbox/view.ts';

export interface OpencodeOptions {
  /** The person's environment: PATH, HOME, XDG directories, keys of model providers. */
  readonly env: NodeJS.ProcessEnv;
  readonly projectRoot: string;
  /** Where opencode keeps what it writes, apart from the person's own opencode. */
  readonly dataDirectory: string;
  /** Confines opencode and its commands; null: they are not confined. */
  readonly sandbox?: Sandbox | null;
  /** Whether the project's own configuration is loaded, which may run programs. Without it, it is not. */
  readonly trust?: Pick<ProjectTrust, 'isTrusted' | 'mark'>;
}

/** Smaller than this it is the placeholder of a package whose install script did not run. */
const programBytesMin = 1024 * 1024;

/**
 * Finds the program: OPENCODE_COMMAND when set, else the one installed with this package (the program
 * itself, not a wrapper), else the one on PATH. Null when there is none.
 */
export async function findOpencode(env: NodeJS.ProcessEnv): Promise<string | null> {
  const configured = env.OPENCODE_COMMAND?.trim();
  if (configured && configured !== 'opencode') {
    return isAbsolute(configured) ? await ifFile(configured, 1) : await findOnPath(configured, env);
  }
  for (const candidate of installedPrograms()) {
    const found = await ifFile(candidate, programBytesMin);
    if (found) return found;
  }
  return await findOnPath('opencode', env);
}

function installedPrograms(): string[] {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packages = [`opencode-${platform}-${process.arch}`, `opencode-${platform}-${process.arch}-musl`];
  const files: [string, string][] = [['opencode-ai', 'opencode.exe']];
  for (const name of packages) files.push([name, process.platform === 'win32' ? 'opencode.exe' : 'opencode']);
  return files.flatMap(([name, file]) => {
    try {
      return [join(dirname(require.resolve(`${name}/package.json`)), 'bin', file)];
    } catch (error) {
      if (hasCode(error, 'MODULE_NOT_FOUND')) return [];
      throw error;
    }
  });
}

async function findOnPath(command: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const directory of (env.PATH ?? '').split(delimiter)) {
    if (directory === '') continue;
    const found = await ifFile(join(directory, command), 1);
    if (found) return found;
  }
  return null;
}

async function ifFile(path: string, bytesMin: number): Promise<string | null> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size >= bytesMin ? path : null;
  } catch (error) {
    if (isMissing(error) || hasCode(error, 'EACCES')) return null;
    throw error;
  }
}

/** Where a person's own opencode keeps its settings and sign-ins. */
export function personFolders(env: NodeJS.ProcessEnv): { home: string; config: string; signIns: string } {
  const home = env.HOME ?? homedir();
  return {
    home,
    config: join(env.XDG_CONFIG_HOME || join(home, '.config'), 'opencode'),
    signIns: join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'opencode', 'auth.json'),
  };
}

/** The files that a person sets opencode up by, whether they are there or not. */
export function personFiles({ env, projectRoot }: OpencodeOptions): string[] {
  const { config, signIns } = personFolders(env);
  return [
    signIns,
    ...(env.OPENCODE_CONFIG ? [env.OPENCODE_CONFIG] : []),
    ...globalConfigFiles.map((name) => join(config, name)),
    ...projectConfigFiles.map((name) => join(projectRoot, name)),
  ];
}

/**
 * What `opencode` is run with: a private home, the person's providers and sign-ins, and our settings above
 * theirs.
 */
export async function opencodeEnvironment(options: OpencodeOptions): Promise<NodeJS.ProcessEnv> {
  const { env, dataDirectory, projectRoot } = options;
  const isTrusted = (await options.trust?.isTrusted()) ?? false;
  const home = join(dataDirectory, 'home');
  const own = (name: string) => join(home, name);
  const config = join(own('.config'), 'opencode');
  const data = join(own('.local/share'), 'opencode');
  for (const directory of [home, config, data, own('.cache'), own('.local/state')]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  }
  await seedPackages(config);
  await removeDeadLocks(own('.local/state'));
  const { home: userHome, config: userConfig, signIns } = personFolders(env);
  // Linked, not copied: a sign-in that opencode renews must stay valid for the person too.
  await link(signIns, join(data, 'auth.json'));

  const globalFiles: string[] = [];
  for (const name of globalConfigFiles) {
    const found = await ifFile(join(userConfig, name), 1);
    if (found) globalFiles.push(found);
  }
  // Read in place where there is only one, so that files it names beside it are found.
  const inPlace = env.OPENCODE_CONFIG ?? (globalFiles.length === 1 ? globalFiles[0] : undefined);
  for (const name of globalConfigFiles) {
    const target = join(userConfig, name);
    if (target === inPlace) await rm(join(config, name), { force: true });
    else await link(target, join(config, name));
  }
  if (env.OPENCODE_CONFIG) globalFiles.push(env.OPENCODE_CONFIG);
  const configs = await readOwnConfigs(globalFiles, isTrusted ? projectRoot : null);
  // Commits are the person's as far as git is concerned: it would not find its settings in the private home.
  const gitConfig = env.GIT_CONFIG_GLOBAL ?? (await ifFile(join(userHome, '.gitconfig'), 1));
  return {
    ...agentEnvironment(env),
    ...(gitConfig ? { GIT_CONFIG_GLOBAL: gitConfig } : {}),
    ...(inPlace ? { OPENCODE_CONFIG: inPlace } : {}),
    HOME: home,
    XDG_CONFIG_HOME: own('.config'),
    XDG_DATA_HOME: own('.local/share'),
    XDG_CACHE_HOME: own('.cache'),
    XDG_STATE_HOME: own('.local/state'),
    OPENCODE_CONFIG_CONTENT: JSON.stringify({
      ...overridingConfig(configs, projectRoot),
      ...(isTrusted ? {} : { instructions: instructionFiles.map((name) => join(projectRoot, name)) }),
      ...(options.sandbox ? confinedConfig : {}),
    }),
    ...(isTrusted ? {} : { OPENCODE_DISABLE_PROJECT_CONFIG: '1' }),
    // Without it the HTTP interface that opencode opens on loopback would be open to every program of the
    // machine.
    OPENCODE_SERVER_PASSWORD: randomBytes(24).toString('base64url'),
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
  };
}

/** Files of a project that tell the model about it. They run nothing, so they are read without trust. */
const instructionFiles = ['AGENTS.md', 'CLAUDE.md'];

/**
 * What a confined opencode is besides: each command goes to a sandbox of its own, and no program of the
 * project (formatters, language servers) runs beside opencode's own credentials.
 */
const confinedConfig = { plugin: [`file://${insideFolder}/plugin.js`], formatter: false, lsp: false };

/** In a network of its own nothing else listens. */
const confinedPort = 4096;

/** How to start opencode as an agent program. */
export async function opencodeCommand(
  program: string,
  options: OpencodeOptions & { readonly providers?: readonly string[] },
): Promise<AgentCommand> {
  const { projectRoot, sandbox } = options;
  const [env, port] = await Promise.all([opencodeEnvironment(options), sandbox ? confinedPort : freePort()]);
  const args = ['acp', '--hostname', '127.0.0.1', '--port', String(port)];
  const password = env.OPENCODE_SERVER_PASSWORD ?? '';
  if (!sandbox) {
    return {
      command: program,
      args,
      env,
      cwd: projectRoot,
      ...openOpencodeHttp(port, password, projectRoot),
    };
  }
  const trusted = (await options.trust?.isTrusted()) ? [await projectMount(options)] : [];
  const confined = await sandbox.prepare({
    ...{ args, env, httpPort: port, providers: options.providers ?? [], asksForSlots: true },
    command: `${insideFolder}/program`,
    mounts: [
      readOnly(await realpath(program), `${insideFolder}/program`),
      ...(await personMounts(options)),
      ...trusted,
    ],
  });
  return { ...confined, ...openOpencodeHttp(confined.httpPort, password, projectRoot) };
}

/** opencode's own folder, and of the person's what it is set up by. */
async function personMounts(options: OpencodeOptions): Promise<Mount[]> {
  const { env, dataDirectory } = options;
  const { config, signIns } = personFolders(env);
  const given = env.OPENCODE_CONFIG;
  const mounts = [writable(join(dataDirectory, 'home'))];
  if (await isThere(config)) mounts.push(readOnly(config));
  if (given && (await ifFile(given, 1))) mounts.push(readOnly(given));
  // opencode renews a sign-in there, for the person too.
  if (await ifFile(signIns, 1)) mounts.push(writable(signIns));
  return mounts;
}

/**
 * A copy of the project's trusted folder, for the program alone. opencode ends when it cannot write its own
 * files beside the configuration, and the folder itself is read-only for it.
 */
async function projectMount({ projectRoot, dataDirectory }: OpencodeOptions): Promise<Mount> {
  const [own, copy] = [join(projectRoot, '.opencode'), join(dataDirectory, 'project-config')];
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true, mode: 0o700 });
  if (await isThere(own)) await cp(own, copy, { recursive: true, verbatimSymlinks: true });
  if (!(await isThere(join(copy, '.gitignore')))) await writeFile(join(copy, '.gitignore'), '*\n');
  if (!(await isThere(join(copy, 'package.json')))) await seedPackages(copy);
  return writable(copy, own);
}

/** Given to opencode right away; left to itself it would not say which one it took. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/** opencode fetches its plugin package unless the lock file names it already. We use no plugin. */
async function seedPackages(config: string): Promise<void> {
  const dependencies = { '@opencode-ai/plugin': '*' };
  await mkdir(join(config, 'node_modules'), { recursive: true });
  const files = {
    'package.json': { dependencies },
    'package-lock.json': {
      name: 'opencode',
      lockfileVersion: 3,
      requires: true,
      packages: { '': { dependencies } },
    },
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(config, name), JSON.stringify(content), { mode: 0o600 });
  }
}

/** Makes `path` a link to `target`; no link when there is no target. */
async function link(target: string, path: string): Promise<void> {
  const exists = (await ifFile(target, 0)) !== null;
  if (exists && (await linkTarget(path)) === target) return;
  await rm(path, { force: true });
  if (!exists) return;
  try {
    await symlink(target, path);
  } catch (error) {
    // Where links need a right that people lack.
    if (!hasCode(error, 'EPERM')) throw error;
    await copyFile(target, path);
  }
}

async function linkTarget(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    if (isMissing(error) || hasCode(error, 'EINVAL')) return null;
    throw error;
  }
}
