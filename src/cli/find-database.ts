import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadConfig } from '../config.ts';
import { type DataChoice, defaultDatabase } from '../lib/data-place.ts';
import { findRunningDatabase } from './find-server.ts';

/**
 * The database that is meant: the one named by flags or variables, that of the working directory, of the
 * server that runs for it, or of a folder above. Errors: ConfigError.
 */
export function findDatabase(
  { dbPath, dataDir }: DataChoice,
  environment: NodeJS.ProcessEnv = process.env,
  workingDir: string = process.cwd(),
): string {
  // Where the project is does not matter to its database.
  const config = loadConfig({ dbPath, dataDir, playground: true }, environment, workingDir);
  if (config.isDataNamed || existsSync(config.dbPath)) return config.dbPath;
  return findRunningDatabase(workingDir) ?? databaseAround(dirname(workingDir)) ?? config.dbPath;
}

function databaseAround(folder: string): string | undefined {
  const path = defaultDatabase(folder, folder);
  if (existsSync(path)) return path;
  return dirname(folder) === folder ? undefined : databaseAround(dirname(folder));
}
