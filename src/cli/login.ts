import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import type { ChatClient } from '../client/index.ts';
import { ConfigError, loadConfig } from '../config.ts';
import type { DataChoice } from '../lib/data-place.ts';
import { ChatError, ProviderKey, ProviderName, type Supply } from '../protocol/index.ts';
import { findOpencode } from '../worker/opencode.ts';
import { checkOpencode } from '../worker/opencode-check.ts';
import { storeProviderKey } from '../worker/provider-key.ts';
import { withDataOptions } from './data-options.ts';
import { enter } from './enter.ts';
import { exitCodes } from './exit-codes.ts';
import { findDatabase } from './find-database.ts';
import { CliError, findServer, type ServerAccess, UsageError } from './find-server.ts';
import { cleanLine } from './sanitise.ts';

interface LoginChoice extends DataChoice {
  readonly provider?: string;
  readonly keyStdin?: true;
}

/** How long a running server may take to say whether its agents can work now. */
const outcomeTimeoutMs = 180_000;

/** `opencode-slack login`: from no model to one that works. */
export function loginCommand(description: string): Command {
  return withDataOptions(new Command('login').description(description))
    .argument('[provider]', 'e.g. anthropic, openai or openrouter; without it, opencode asks')
    .option('--provider <name>', 'the provider, as an option')
    .option('--key-stdin', 'read an API key of the provider from standard input and store it')
    .addHelpText(
      'after',
      '\nRun it as the user of the server. opencode stores the key, readable by that user only. A running\n' +
        'server checks the key with a small request to the model; the command prints the outcome.\n\n' +
        'Example, without a terminal:\n  opencode-slack login --provider anthropic --key-stdin < key.txt',
    )
    .action((provider: string | undefined, choice: LoginChoice) =>
      telling(() => login({ ...choice, ...(provider === undefined ? {} : { provider }) })),
    );
}

async function login({ provider, keyStdin, ...data }: LoginChoice): Promise<void> {
  const { dbPath, sessionsDir, opencodeCommand, projectRoot } = loadConfig({ dbPath: findDatabase(data) });
  const env = {
    ...process.env,
    ...(opencodeCommand === undefined ? {} : { OPENCODE_COMMAND: opencodeCommand }),
  };
  if (keyStdin) await storeKey(env, provider);
  else await signIn(env, provider);
  const server = runningServer(dbPath);
  if (server !== null) {
    print(await outcomeOf(server));
    return;
  }
  const check = await checkOpencode({ env, projectRoot, dataDirectory: join(dirname(sessionsDir), 'login') });
  if (!check.ok) throw new CliError(check.reason);
  const model = check.model ?? `a model of ${check.provider}`;
  print(`opencode works with ${model}. No server runs on this data; start it to use it.`);
}

async function storeKey(env: NodeJS.ProcessEnv, provider: string | undefined): Promise<void> {
  const name = ProviderName.safeParse(provider);
  if (!name.success) {
    throw new UsageError('--key-stdin needs the provider of the key: --provider anthropic, for example.');
  }
  const key = ProviderKey.safeParse(await text(process.stdin));
  if (!key.success)
    throw new UsageError('Standard input has no API key. Example: login --key-stdin < key.txt');
  await storeProviderKey(env, name.data, key.data);
  print(`The API key of ${name.data} is stored.`);
}

/** The sign-in of opencode itself, at this terminal and in the person's home, where the agents read it. */
async function signIn(env: NodeJS.ProcessEnv, provider: string | undefined): Promise<void> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new CliError(
      'To sign in you need a terminal. Without one, give an API key: ' +
        'login --provider NAME --key-stdin < FILE',
    );
  }
  const program = await findOpencode(env);
  if (program === null)
    throw new CliError('opencode was not found. Install it: npm install --global opencode-ai');
  const which = provider === undefined ? [] : ['--provider', provider];
  const child = spawn(program, ['auth', 'login', ...which], { env, stdio: 'inherit' });
  // Ctrl-C is for the one at the terminal; what it means for us, its end says.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  const [code] = await once(child, 'close');
  process.off('SIGINT', ignore);
  if (code !== 0) throw new CliError('You are not signed in: opencode ended before it was done.');
}

function runningServer(dbPath: string): ServerAccess | null {
  try {
    return findServer({ dbPath });
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}

/** Lets the server check, and waits for what it finds. Throws a `CliError` when agents cannot work yet. */
async function outcomeOf(server: ServerAccess): Promise<string> {
  const client = await enter(server);
  try {
    const found = await checked(client);
    if (found.problem !== null) throw new CliError(cleanLine(found.reason));
    return cleanLine(found.reason);
  } finally {
    client.close();
  }
}

async function checked(client: ChatClient): Promise<Supply> {
  const { promise, resolve, reject } = Promise.withResolvers<Supply>();
  const late = setTimeout(
    () => reject(new CliError('The server still checks. See: opencode-slack status')),
    outcomeTimeoutMs,
  );
  // What was wrong before is said once more until the check has begun.
  let begun = false;
  client.on('server_status', ({ supply }) => {
    if (supply === null) return;
    if (supply.state === 'checking') begun = true;
    else if (begun || supply.problem === null) resolve(supply);
  });
  try {
    const { supply } = await client.request('check_supply', {});
    if (supply === null) throw new ChatError('no_worker');
    begun ||= supply.problem === null;
    return await promise;
  } finally {
    clearTimeout(late);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function telling(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const known = [CliError, ChatError, ConfigError].some((kind) => error instanceof kind);
    if (!known) throw error;
    process.stderr.write(`${cleanLine((error as Error).message)}\n`);
    const isWrongUse = error instanceof ConfigError || error instanceof UsageError;
    process.exitCode = isWrongUse ? exitCodes.wrongUse : exitCodes.failed;
  }
}
