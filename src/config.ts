import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import {
  canonical,
  defaultDatabase,
  isWithin,
  namedDatabase,
  privateFolder,
  stateFolderOf,
} from './lib/data-place.ts';
import { isLoopbackHost } from './lib/loopback.ts';
import { fileVariable, readSecretVariable, SecretFileError } from './lib/secret-file.ts';
import { limits, parseUserId } from './protocol/index.ts';
import type { Setting } from './setting-schemas.ts';
import { type SettingName, settings, unsupportedVariables } from './settings.ts';

type Values = { readonly [Name in SettingName]: z.output<(typeof settings)[Name]['schema']> | undefined };

/** What the server runs with, checked and complete. */
export type Config = Readonly<
  Required<{ [Name in Exclude<SettingName, OptionalSetting>]: NonNullable<Values[Name]> }> &
    Pick<Values, OptionalSetting> & {
      /** Where the ways in are: the runtime file and the key for tokens. Never in the project. */
      privateDir: string;
      /** Whether a flag or a variable says where the data is. */
      isDataNamed: boolean;
      workingDir: string;
      warnings: readonly string[];
    }
>;

type OptionalSetting =
  | 'agentCommand'
  | 'opencodeCommand'
  | 'publicUrl'
  | 'secretKey'
  | 'apiKey'
  | 'adminKey'
  | 'telegramBotToken'
  | 'telegramChatId';

/** A wrong setting: says which flag or variable, its value, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Flags as the command line gave them: text, or true for a switch. */
export type Flags = Readonly<Partial<Record<SettingName, string | boolean | undefined>>>;

/**
 * Flags win over the environment, the environment over a `.env` file in the working directory or above it.
 * Throws a `ConfigError`.
 */
export function loadConfig(
  flags: Flags,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingDir: string = process.cwd(),
): Config {
  const variables = { ...readEnvFile(workingDir), ...environment };
  const read = (name: SettingName) => readSetting(settings[name], flags[name], variables);
  const values = Object.fromEntries(
    Object.keys(settings).map((name) => [name, read(name as SettingName)]),
  ) as unknown as Values;

  const host = values.host as string;
  const projectBase = resolve(workingDir, values.projectRoot as string);
  // A flag wins over the environment, also where the one names the folder and the other the file.
  const given =
    flags.dataDir !== undefined && flags.dbPath === undefined ? { dataDir: values.dataDir } : values;
  const named = namedDatabase(given, workingDir);
  const dbPath = named ?? defaultDatabase(projectBase, workingDir);
  const dataDir = dirname(dbPath);
  const projectRoot = values.playground ? join(dataDir, 'playground') : projectBase;
  const privateDir = privateFolder(dataDir, projectRoot);
  const config = {
    ...values,
    dbPath,
    dataDir,
    privateDir,
    isDataNamed: named !== undefined,
    workingDir,
    websocketHost: values.websocketHost ?? host,
    transport: values.transport ?? transportThatIs(values),
    sessionsDir: resolve(workingDir, values.sessionsDir ?? join(dataDir, 'sessions')),
    rolesDir: resolve(workingDir, values.rolesDir ?? join(dataDir, 'roles')),
    projectRoot,
    owner: ownerName(values.owner),
    warnings: [
      ...unsupportedVariables
        .filter((name) => variables[name] !== undefined)
        .map((name) => `${name} is set, but this version does nothing with it.`),
      ...dataInProject(dbPath, projectRoot),
    ],
  } as Config;
  checkTogether(config);
  return Object.freeze(config);
}

/** A warning about a database that agents can read as they read the project. */
function dataInProject(dbPath: string, projectRoot: string): string[] {
  if (!isWithin(projectRoot, dbPath)) return [];
  const outside = stateFolderOf(projectRoot);
  const where = isWithin(projectRoot, outside) ? 'a folder outside of it' : outside;
  return [
    `The database ${dbPath} is in the project, where agents work. Stop the server, move all that is in ` +
      `${dirname(dbPath)} to ${where}, and name that by --data-dir.`,
  ];
}

function checkTogether(config: Config): void {
  if (config.developmentMode) {
    for (const host of [config.host, config.websocketHost]) {
      if (!isLoopbackHost(host)) {
        throw new ConfigError(
          `Development mode believes any name, so it does not listen on "${host}", where others reach it. ` +
            'Use --host localhost, or leave development mode (OPENCODE_DEV_MODE).',
        );
      }
    }
  }
  if (config.apiKey !== undefined && config.apiKey === config.adminKey) {
    throw new ConfigError('OPENCODE_API_KEY and OPENCODE_ADMIN_KEY are the same. Set two that differ.');
  }
  if (config.agent === 'command' && config.agentCommand === undefined) {
    throw new ConfigError('--agent command needs --agent-command: the program and its arguments.');
  }
  if (!config.playground && !isFolder(config.projectRoot)) {
    throw new ConfigError(
      `--project-root (PROJECT_ROOT): "${config.projectRoot}" is not a folder. ` +
        `Allowed: ${settings.projectRoot.allowed}.`,
    );
  }
  if (!config.playground) checkProject(config);
}

/** Agents write all of their project: a sandbox that held the system or a home folder would keep nothing. */
function checkProject({ projectRoot, sandbox }: Config): void {
  if (sandbox === 'off' || !isWithin(projectRoot, homedir())) return;
  const name = canonical(projectRoot) === '/' ? 'is the whole disk' : 'is, or contains, your home folder';
  throw new ConfigError(
    `--project-root (PROJECT_ROOT): "${projectRoot}" ${name}, and agents may change all of their project. ` +
      'Name a folder with one project, or start with --sandbox off to accept that.',
  );
}

function readSetting(
  setting: Setting,
  flag: string | boolean | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): unknown {
  let value = setting.default;
  let source = 'the default';
  const [variable] = readVariables(setting, variables);
  if (flag !== undefined) {
    value = String(flag);
    source = setting.flag?.split(' ')[0] ?? '';
  } else if (variable !== undefined) {
    value = variable.value;
    source = variable.name;
  }
  if (value === undefined) return undefined;
  const parsed = setting.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const shown = setting.secret ? 'its value' : `"${value}"`;
  throw new ConfigError(`${source}: ${shown} is not possible. Allowed: ${setting.allowed}.`);
}

/** The variables of a setting that are set; a secret's may name a file with it. */
function readVariables({ env, secret }: Setting, variables: Readonly<Record<string, string | undefined>>) {
  try {
    return env.flatMap((name) => {
      const isFile = secret === true && Boolean(variables[fileVariable(name)]);
      const value = secret ? readSecretVariable(name, variables, limits.secretFileBytesMax) : variables[name];
      return value ? [{ name: isFile ? fileVariable(name) : name, value }] : [];
    });
  } catch (error) {
    if (error instanceof SecretFileError) throw new ConfigError(error.message);
    throw error;
  }
}

/** The nearest `.env`, looked for in the working directory and upwards. */
function readEnvFile(workingDir: string): Readonly<Record<string, string | undefined>> {
  for (let folder = workingDir; ; folder = dirname(folder)) {
    const file = join(folder, '.env');
    if (existsSync(file)) return parseEnv(readFileSync(file, 'utf8'));
    if (dirname(folder) === folder) return {};
  }
}

/** Telegram when it is set up, as the older program chose; not in safe mode. */
function transportThatIs({ safeMode, telegramBotToken, telegramChatId }: Values): Config['transport'] {
  const isSetUp = telegramBotToken !== undefined && telegramChatId !== undefined;
  return isSetUp && safeMode !== true ? 'telegram' : 'websocket';
}

function ownerName(configured: string | undefined): string {
  const name = parseUserId(configured ?? userInfo().username);
  if (name !== undefined) return name;
  if (configured === undefined) return 'owner';
  throw new ConfigError(`--owner: "${configured}" is not possible. Allowed: ${settings.owner.allowed}.`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
