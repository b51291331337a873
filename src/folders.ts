import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from './config.ts';

/**
 * Makes the folder that only this server's user may read; within a project it keeps itself out of its
 * commits (.gitignore), and out of what the tools of agents search (.ignore). Gives back the topmost folder
 * that was made; undefined: all were there. Errors: ConfigError.
 */
export function makeDataDir(dataDir: string): string | undefined {
  let made: string | undefined;
  try {
    made = mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigError(
      `--db-path: the folder ${dataDir} cannot be made. ${(error as Error).message}. Choose another place.`,
    );
  }
  ignoreDataDir(dataDir);
  return made;
}

/** Takes the folder of a refused start away, unless there is a database in it by then. */
export function removeDataDir(made: string | undefined, dbPath: string): void {
  if (made !== undefined && !existsSync(dbPath)) rmSync(made, { recursive: true, force: true });
}

function ignoreDataDir(dataDir: string): void {
  if (basename(dataDir) !== '.opencode-slack') return;
  // The playground in it is a project of its own.
  const ignored = { '.gitignore': '*\n', '.ignore': '/*\n!/playground/\n!/playground/**\n' };
  for (const [name, lines] of Object.entries(ignored)) {
    const ignore = join(dataDir, name);
    if (!existsSync(ignore)) writeFileSync(ignore, lines);
  }
}

/** The project root with its symlinks resolved, so that one file has one path. */
export function canonicalRoot(projectRoot: string): string {
  return realpathSync(projectRoot);
}

/** The jobs that come along, seen from `src` and from `dist`. */
export const bundledRoles: string = fileURLToPath(new URL('../roles', import.meta.url));

/**
 * Where the built web application is: in `dist/web`, seen from `src` and from `dist`; undefined: not built.
 */
export function webFolder(): string | undefined {
  const folders = ['./web', '../dist/web'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return folders.find((folder) => existsSync(join(folder, 'index.html')));
}
