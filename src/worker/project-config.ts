import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasCode } from '../lib/paths.ts';
import { limits } from '../protocol/index.ts';
import { parseJsonc } from './jsonc.ts';
import { isObject, memberOf, repositoryOf } from './opencode-config.ts';
import { orNull } from './or-null.ts';

/** The configuration in a project that opencode would load, and that may run programs. */
export interface FoundConfig {
  /** Of all content; null: it is more than is looked at. */
  readonly hash: string | null;
  /** Relative to the project root. */
  readonly files: readonly string[];
  readonly commands: readonly string[];
  readonly plugins: readonly string[];
}

const fileNames = ['opencode.json', 'opencode.jsonc', 'tui.json'] as const;
const folderName = '.opencode';
/**
 * What opencode itself writes into its folder when it loads it: packages, by `package.json`. A sandbox keeps
 * agents from changing any of it.
 */
const written = ['node_modules', '.gitignore', 'bun.lock', 'bun.lockb', 'package-lock.json'];
const ownPackage = '@opencode-ai/plugin';

interface Contents {
  readonly hash: ReturnType<typeof createHash>;
  readonly files: string[];
  readonly configs: unknown[];
  readonly seen: Set<string>;
  bytes: number;
  complete: boolean;
}

/** Null: there is none. */
export async function findProjectConfig(projectRoot: string): Promise<FoundConfig | null> {
  const contents: Contents = {
    hash: createHash('sha256'),
    ...{ files: [], configs: [], seen: new Set(), bytes: 0, complete: true },
  };
  for (const folder of configFolders(projectRoot)) {
    for (const name of [...fileNames, folderName]) await addPath(contents, projectRoot, join(folder, name));
  }
  if (contents.files.length === 0) return null;
  // Programs and plugins of the project that the configuration names run too.
  for (const text of contents.configs.flatMap((config) => [...pluginsIn(config), ...wordsIn(config)])) {
    const path = pathIn(projectRoot, text);
    if (path !== null) await addPath(contents, projectRoot, path);
  }
  return {
    hash: contents.complete ? contents.hash.digest('base64url') : null,
    files: contents.files,
    commands: contents.configs.flatMap(commandsIn),
    plugins: [...contents.configs.flatMap(pluginsIn), ...contents.files.filter(isPlugin)],
  };
}

/** opencode looks from the folder it works in up to the root of its repository. */
function configFolders(projectRoot: string): string[] {
  const top = repositoryOf(projectRoot);
  const folders = [projectRoot];
  for (let at = projectRoot; at !== top; at = dirname(at)) folders.push(dirname(at));
  return folders;
}

/** A file, or all files of a folder, by their names in order. Links lead to what they mean. */
async function addPath(contents: Contents, root: string, path: string): Promise<void> {
  if (!contents.complete) return;
  const real = await realPath(path);
  if (real === null || contents.seen.has(real)) return;
  contents.seen.add(real);
  const stats = await orNull(lstat(real));
  if (stats?.isDirectory()) {
    const isOwnFolder = basename(path) === folderName;
    for (const name of ((await orNull(readdir(real))) ?? []).sort()) {
      if (isOwnFolder && written.includes(name)) continue;
      await addPath(contents, root, join(path, name));
    }
  } else if (stats?.isFile()) await addFile(contents, relative(root, path), real, stats.size);
}

/** Null also for a circle of links, which nothing can load. */
async function realPath(path: string): Promise<string | null> {
  try {
    return await orNull(realpath(path));
  } catch (error) {
    if (hasCode(error, 'ELOOP') || hasCode(error, 'ENAMETOOLONG')) return null;
    throw error;
  }
}

async function addFile(contents: Contents, name: string, path: string, bytes: number): Promise<void> {
  contents.bytes += bytes;
  if (contents.bytes > limits.configBytesMax || contents.seen.size > limits.configFilesMax) {
    contents.complete = false;
  }
  if (!contents.complete) {
    contents.files.push(name);
    return;
  }
  const isConfig = /^opencode\.jsonc?$/.test(basename(name));
  const isManifest = basename(name) === 'package.json' && basename(dirname(name)) === folderName;
  const read = await orNull(readFile(path));
  if (read === null) return;
  const content = isManifest ? manifestOf(read) : isConfig ? withoutSchema(read) : read;
  if (content === null) return;
  contents.files.push(name);
  contents.hash.update(JSON.stringify([name, content.length])).update(content);
  if (isConfig) contents.configs.push(parsed(content.toString('utf8')));
}

/** Without the line that opencode adds to a configuration when it loads it. */
function withoutSchema(content: Buffer): Buffer {
  const text = content.toString('utf8');
  // What is no text is kept as it is.
  if (!Buffer.from(text).equals(content)) return content;
  return Buffer.from(text.replace(schemaLine, '{'));
}

const schemaLine = /^\s*\{(?:\s*"\$schema": "https:\/\/opencode\.ai\/config\.json",)?/;

/** Without the dependency that opencode adds. Null: there is no other. */
function manifestOf(content: Buffer): Buffer | null {
  const manifest = parsed(content.toString('utf8'));
  if (!isObject(manifest)) return content;
  const { [ownPackage]: _, ...dependencies } = isObject(manifest.dependencies) ? manifest.dependencies : {};
  const { dependencies: __, ...rest } = manifest;
  const isOwn = Object.keys(rest).length === 0 && Object.keys(dependencies).length === 0;
  return isOwn ? null : Buffer.from(JSON.stringify({ ...rest, dependencies }));
}

function parsed(text: string): unknown {
  try {
    return parseJsonc(text);
  } catch (error) {
    // opencode says what is wrong with a broken file, when it loads it.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The place in the project that a text may name; null: outside, or the project itself. */
function pathIn(root: string, text: string): string | null {
  if (text.includes('\0')) return null;
  const isUrl = text.startsWith('file://');
  if (isUrl && !URL.canParse(text)) return null;
  const path = isUrl ? new URL(text) : resolve(root, text);
  const named = typeof path === 'string' ? path : path.host === '' ? fileURLToPath(path) : root;
  return named.startsWith(root + sep) ? named : null;
}

/** The command lines of MCP servers, formatters and language servers, in words. */
function commandWords(config: unknown): string[][] {
  const groups = ['mcp', 'formatter', 'lsp'].map((name) => memberOf(config, name)).filter(isObject);
  return groups.flatMap((group) =>
    Object.values(group).flatMap((entry) => {
      const command = memberOf(entry, 'command');
      if (typeof command === 'string') return [command.split(' ')];
      return Array.isArray(command) ? [command.map(String)] : [];
    }),
  );
}

const commandsIn = (config: unknown) => commandWords(config).map((words) => words.join(' '));
const wordsIn = (config: unknown) => commandWords(config).flat();

function pluginsIn(config: unknown): string[] {
  const plugins = memberOf(config, 'plugin');
  return Array.isArray(plugins) ? plugins.filter((plugin) => typeof plugin === 'string') : [];
}

function isPlugin(name: string): boolean {
  return /(^|[\\/])\.opencode[\\/](plugins?|tools?)[\\/][^\\/]+\.[cm]?[jt]s$/.test(name);
}
