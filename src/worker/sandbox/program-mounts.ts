import { realpath } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { isThere } from '../../lib/paths.ts';
import { contains, isSystem, programFolder } from './system-folders.ts';
import { type Mount, readOnly, writable } from './view.ts';

/** What known agent programs keep in a home folder, and where their model providers are. */
const knownPrograms: readonly {
  readonly name: RegExp;
  readonly home: readonly string[];
  readonly providers: readonly string[];
}[] = [
  {
    name: /claude/i,
    home: ['.claude', '.claude.json'],
    providers: ['https://api.anthropic.com', 'https://console.anthropic.com', 'https://platform.claude.com'],
  },
  {
    name: /codex/i,
    home: ['.codex'],
    providers: ['https://api.openai.com', 'https://chatgpt.com', 'https://auth.openai.com'],
  },
  {
    name: /gemini/i,
    home: ['.gemini'],
    providers: [
      'https://generativelanguage.googleapis.com',
      'https://cloudcode-pa.googleapis.com',
      'https://oauth2.googleapis.com',
    ],
  },
  { name: /cursor/i, home: ['.cursor', '.config/cursor'], providers: ['https://api2.cursor.sh'] },
];

export interface ProgramNeeds {
  readonly mounts: readonly Mount[];
  readonly providers: readonly string[];
}

/**
 * What a program needs that people named by its command line: the program, the files among its arguments
 * with the rest of their packages, and what it keeps in the home folder if it is a known one.
 */
export async function programNeeds(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  apartFrom: readonly string[],
): Promise<ProgramNeeds> {
  const [command = '', ...args] = words;
  const known = knownPrograms.filter(({ name }) => words.some((word) => name.test(word)));
  const mounts: Mount[] = [];
  const program = await findProgram(command, env);
  for (const file of [program, ...args.filter(isAbsolute)]) {
    if (file === null) continue;
    for (const path of await homesOf(file)) {
      if (!isSystem(path) && !apartFrom.some((other) => contains(path, other))) mounts.push(readOnly(path));
    }
  }
  for (const name of known.flatMap(({ home }) => home)) {
    const path = join(env.HOME ?? '/', name);
    if (await isThere(path)) mounts.push(writable(path));
  }
  return { mounts, providers: known.flatMap(({ providers }) => providers) };
}

/** The folders that a file needs: its own package's, as it is named and as links lead to it. */
async function homesOf(file: string): Promise<string[]> {
  if (!(await isThere(file))) return [];
  const real = await realpath(file);
  const homes = await Promise.all([file, real].map(packageFolder));
  return [...new Set(homes)];
}

async function packageFolder(file: string): Promise<string> {
  if (file.includes('/node_modules/')) return programFolder(file);
  for (let folder = dirname(file); folder !== '/'; folder = dirname(folder)) {
    if (await isThere(join(folder, 'package.json'))) return folder;
  }
  return dirname(file);
}

async function findProgram(command: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (isAbsolute(command)) return command;
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder.startsWith('/') && (await isThere(join(folder, command)))) return join(folder, command);
  }
  return null;
}
