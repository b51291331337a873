import { Command, Option } from 'commander';
import { createApp } from '../app.ts';
import { ConfigError, type Flags, loadConfig } from '../config.ts';
import { createLog } from '../lib/log.ts';
import { fileVariable } from '../lib/secret-file.ts';
import type { Setting } from '../setting-schemas.ts';
import { settings } from '../settings.ts';
import { StoreFileError, StoreInUseError } from '../store/errors.ts';
import { exitCodes } from './exit-codes.ts';

/** `opencode-slack server`: runs the chat until it is told to end. */
export function serverCommand(): Command {
  const command = new Command('server').description(
    'run the chat server, with a worker that runs the agents',
  );
  const options = new Map<string, Option>();
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    if (setting.flag === undefined) continue;
    const option = new Option(setting.flag, describe(setting));
    options.set(name, option);
    command.addOption(option);
  }
  const environmentOnly = Object.values<Setting>(settings).filter((setting) => setting.flag === undefined);
  command.addHelpText(
    'after',
    `\nSet by the environment only:\n${environmentOnly.map(inOneLine).join('\n')}\n\n` +
      'Flags win over the environment, the environment over a .env file. NAME_FILE names a file with the\n' +
      'secret, outside of the project.',
  );
  return command.action((given: Readonly<Record<string, string | boolean>>) => {
    const flags = [...options].map(([name, option]) => [name, given[option.attributeName()]]);
    return runServer(Object.fromEntries(flags) as Flags);
  });
}

function inOneLine(setting: Setting): string {
  const [name = ''] = setting.env;
  const names = setting.secret ? `${name}, ${fileVariable(name)}` : name;
  return `  ${names}  ${describe(setting)}`;
}

function describe(setting: Setting): string {
  const fallback = setting.defaultText ?? (setting.default === '' ? 'none' : setting.default);
  const variables =
    setting.env.length > 0 && setting.flag !== undefined ? `; env ${setting.env.join(', ')}` : '';
  return `${setting.doc} (default: ${fallback}${variables})`;
}

/** Errors whose message says what was wrong and what to do. */
const forPeople = [ConfigError, StoreInUseError, StoreFileError] as const;

async function runServer(flags: Flags): Promise<void> {
  process.stdout.on('error', ignoreClosedTerminal);
  process.stderr.on('error', ignoreClosedTerminal);
  try {
    const config = loadConfig(flags);
    const log = createLog(config.logLevel);
    for (const warning of config.warnings) process.stderr.write(`Note: ${warning}\n`);
    const app = await createApp(config, log);
    const end = () => {
      process.stdout.write('Stopping...\n');
      app.close().then(
        () => process.exit(exitCodes.done),
        (error: unknown) => {
          log.error({ err: error }, 'could not stop cleanly');
          process.exit(exitCodes.failed);
        },
      );
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
    process.on('SIGHUP', () => unlessRead(end));
    process.stdout.write(
      '\n  opencode-slack is running. Open this link to sign in (it works once):\n\n' +
        `    ${app.signInLink}\n\n` +
        `  Project    ${app.projectRoot}\n` +
        `  Data       ${config.dataDir}${app.isNewDatabase ? ', with a new database' : ''}\n` +
        `  WebSocket  ${app.webSocketUrl}\n` +
        `  API        ${app.httpUrl}/docs\n` +
        (config.developmentMode ? '  Development mode: any name is believed, on this machine only.\n' : '') +
        '  Stop with Ctrl-C.\n\n',
    );
  } catch (error) {
    if (!forPeople.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = exitCodes.wrongUse;
  }
}

/**
 * A hang-up ends a program whose terminal closed, or whose output nobody reads any more. Under `nohup`, and
 * as a service, it goes on: its output is a file or is still read. Node hides that a signal is ignored.
 */
function unlessRead(end: () => void): void {
  if (process.stdout.isTTY || process.stderr.isTTY) {
    end();
    return;
  }
  process.stdout.write('Hang-up: no terminal has closed, so the server goes on.\n', (error) => {
    if (error) end();
  });
}

/**
 * Who read what we print may be gone, with the terminal; that is no reason to end without closing the
 * database.
 */
function ignoreClosedTerminal(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
}
