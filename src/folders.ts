import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, ConfigError } from './config.ts';
import { formerFolder } from './lib/data-place.ts';

/** What a start made, so that one that is refused can take it away. */
export interface MadeFolder {
  readonly folder: string;
  /** The topmost folder that was made with it. */
  readonly top: string;
}

/**
 * Makes the folders that only this server's user may read. One of an earlier version, within a project, is
 * kept out of its commits (.gitignore), and out of what the tools of agents search (.ignore). Gives back what
 * was not there before. Errors: ConfigError.
 */
export function makeDataDirs({ dataDir, privateDir }: Pick<Config, 'dataDir' | 'privateDir'>): MadeFolder[] {
  const made: MadeFolder[] = [];
  for (const folder of new Set([dataDir, privateDir])) {
    try {
      const top = mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (top !== undefined) made.push({ folder, top });
    } catch (error) {
      removeDataDirs(made);
      const choose = 'Choose another place by --data-dir or --db-path, or set XDG_STATE_HOME.';
      throw new ConfigError(`The folder ${folder} cannot be made. ${(error as Error).message}. ${choose}`);
    }
  }
  ignoreDataDir(dataDir);
  return made;
}

/** Takes the folders of a refused start away, and those above that were made with them and are empty. */
export function removeDataDirs(made: readonly MadeFolder[]): void {
  for (const { folder, top } of made) {
    rmSync(folder, { recursive: true, force: true });
    for (let above = dirname(folder); above.length >= top.length; above = dirname(above)) {
      if (existsSync(above) && readdirSync(above).length === 0) rmdirSync(above);
    }
  }
}

function ignoreDataDir(dataDir: string): void {
  if (basename(dataDir) !== formerFolder) return;
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
