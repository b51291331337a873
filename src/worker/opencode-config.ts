import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, parse, relative } from 'node:path';
import { isMissing } from '../lib/paths.ts';
import { parseJsonc } from './jsonc.ts';

/** What we set over a person's own opencode configuration, and what we read of it. */

type Json = Readonly<Record<string, unknown>>;

/** A person's global configuration files, the strongest last. */
export const globalConfigFiles = ['config.json', 'opencode.json', 'opencode.jsonc'] as const;
export const projectConfigFiles = [
  'opencode.json',
  'opencode.jsonc',
  '.opencode/opencode.json',
  '.opencode/opencode.jsonc',
];

/**
 * What must pass our gate. Their "allow" becomes "ask"; a person's own "deny" stays. Reading is among them
 * because opencode takes a path as it is written: only the gate sees where its links lead.
 */
const gatedTools = ['edit', 'bash', 'webfetch', 'external_directory', 'grep', 'glob', 'list'] as const;

/**
 * The settings that stand above all others (`OPENCODE_CONFIG_CONTENT`): every edit and command is asked
 * for, the server's own folder is not read, sub-agents (whose questions never arrive) are off, a refusal does
 * not end the turn, nothing is shared or updated. `configs`: the person's own, the strongest last.
 */
export function overridingConfig(configs: readonly Json[], projectRoot: string): Json {
  const permissions = configs.map(({ permission }) => permission);
  const agents = new Set([
    'build',
    ...configs.flatMap(({ agent }) => (isObject(agent) ? Object.keys(agent) : [])),
  ]);
  const agent: Record<string, Json> = {};
  for (const name of agents) {
    const own = configs.map((config) => memberOf(memberOf(config.agent, name), 'permission'));
    const isPlain = name === 'build' || own.some((value) => value !== undefined);
    if (isPlain) agent[name] = { permission: gated([...permissions, ...own], projectRoot) };
  }
  return {
    autoupdate: false,
    share: 'disabled',
    permission: gated(permissions, projectRoot),
    agent,
    experimental: { continue_loop_on_deny: true },
  };
}

/** The gate over a person's permissions, the strongest last. */
function gated(permissions: readonly unknown[], projectRoot: string): Json {
  const result: Record<string, unknown> = {};
  const given = permissions.filter((value) => value !== undefined);
  // A wildcard may stand behind the tools and so decide for them.
  if (given.some((value) => memberOf(value, '*') !== undefined)) result['*'] = gate(given, '*');
  for (const tool of gatedTools) result[tool] = gate(given, tool);
  result.read = withoutServer(given, projectRoot);
  return { ...result, task: 'deny', question: 'deny' };
}

function gate(permissions: readonly unknown[], tool: string): unknown {
  let rule: unknown = 'ask';
  for (const permission of permissions) {
    const own = typeof permission === 'string' ? permission : memberOf(permission, tool);
    if (own === undefined) continue;
    rule = isObject(own)
      ? { '*': 'ask', ...Object.fromEntries(Object.entries(own).map(([key, value]) => [key, ask(value)])) }
      : ask(own);
  }
  return rule;
}

/** What is secret in the server's folder, where the project itself is in there, as the playground is. */
const secrets = ['server.json', 'secret.key', 'chat.db*', 'backups/*'];

/**
 * What a person lets be read, but for the folder of the chat's server: it holds credentials and what is said
 * in private. opencode asks nobody for what is inside of the project, or of the repository that it is in.
 */
function withoutServer(permissions: readonly unknown[], projectRoot: string): Json {
  const given = permissions
    .map((permission) => memberOf(permission, 'read'))
    .filter((rule) => rule !== undefined);
  const rule = given.at(-1);
  const own = isObject(rule) ? rule : rule === undefined ? {} : { '*': rule };
  const asked = Object.entries(own).map(([pattern, value]) => [pattern, ask(value)]);
  const rules = { '*': 'ask', ...Object.fromEntries(asked) };
  const folder = join(projectRoot, '.opencode-slack');
  const around = ancestors(projectRoot).filter((ancestor) => basename(ancestor) === '.opencode-slack');
  const files = [folder, join(folder, '*'), ...around.flatMap((at) => secrets.map((name) => join(at, name)))];
  // opencode names files from the root of their repository, and from that of the disk where there is none.
  const roots = [repositoryOf(projectRoot), parse(projectRoot).root];
  const denied = roots.flatMap((root) => files.map((file) => [relative(root, file), 'deny']));
  return { ...rules, ...Object.fromEntries(denied) };
}

/** The folder of the git repository that another is in, or itself. */
export function repositoryOf(folder: string): string {
  return [folder, ...ancestors(folder)].find((at) => existsSync(join(at, '.git'))) ?? folder;
}

/** The folders that another is in, the nearest first. */
function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [parent, ...ancestors(parent)];
}

function ask(value: unknown): 'ask' | 'deny' {
  return value === 'deny' ? 'deny' : 'ask';
}

/**
 * Reads the configuration files of a person and of a project that is trusted (null: it is not), the
 * strongest last; what cannot be read is left out.
 */
export async function readOwnConfigs(
  globalFiles: readonly string[],
  trustedProject: string | null,
): Promise<Json[]> {
  const own = trustedProject === null ? [] : projectConfigFiles.map((name) => join(trustedProject, name));
  const files = [...globalFiles, ...own];
  const configs = await Promise.all(files.map(readConfig));
  return configs.filter((config) => config !== null);
}

async function readConfig(path: string): Promise<Json | null> {
  try {
    const config = parseJsonc(await readFile(path, 'utf8'));
    return isObject(config) ? config : null;
  } catch (error) {
    // opencode itself tells what is wrong with a broken file; it only has nothing to say to our gate.
    if (isMissing(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of what may or may not be an object. */
export function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
