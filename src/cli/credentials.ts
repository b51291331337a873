import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { createEndings } from '../auth/endings.ts';
import { createKeys, type Keys, type NewKey } from '../auth/keys.ts';
import { signToken } from '../auth/tokens.ts';
import { type Config, ConfigError, loadConfig } from '../config.ts';
import { isoTime, systemClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import { ApiKey, ChatError, limits, parseUserId, type Role, roles } from '../protocol/index.ts';
import { readSecretKey } from '../secret-key.ts';
import { settings } from '../settings.ts';
import { StoreFileError, StoreInUseError } from '../store/errors.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Actor, Store } from '../store/store.ts';
import { CliError, findServer, type ServerAccess } from './find-server.ts';
import { ask } from './rest.ts';
import { cleanLine } from './sanitise.ts';

interface Choice {
  readonly dbPath?: string;
  readonly server?: string;
}

interface NewCredentialChoice extends Choice {
  readonly role: Role;
  readonly expires?: string;
}

const defaultTokenLifetime = '24h';

/** `token` and `key`: what programs come in by. */
export function credentialCommands(descriptions: {
  readonly token: string;
  readonly key: string;
}): Command[] {
  const command = (name: string, description: string) =>
    new Command(name)
      .description(description)
      .addOption(new Option(settings.dbPath.flag, `the server's ${settings.dbPath.doc}`));
  const role = () =>
    new Option('--role <role>', 'what it may do').choices(roles).default('developer' satisfies Role);

  const token = new Command('token').description(descriptions.token).addCommand(
    command('create', 'sign a token (JWT); it needs no running server')
      .requiredOption('--user <name>', 'who it signs in')
      .addOption(role())
      .option('--expires <time>', 'such as 90m, 12h or 7d; at most 30d', defaultTokenLifetime)
      .action((choice: NewCredentialChoice & { user: string }) => telling(() => createToken(choice))),
  );
  const key = new Command('key')
    .description(descriptions.key)
    .addCommand(
      remote(command('create', 'make an API key; its text is shown this once'))
        .requiredOption('--name <name>', 'its name in the chat')
        .addOption(role())
        .option('--expires <time>', 'such as 12h or 90d; without it, never')
        .action((choice: NewCredentialChoice & { name: string }) => telling(() => createKey(choice))),
    )
    .addCommand(
      remote(command('list', 'all API keys, without their text')).action((choice: Choice) =>
        telling(() => listKeys(choice)),
      ),
    )
    .addCommand(
      remote(command('revoke', 'end an API key; what came in by it is closed at once'))
        .argument('<key>', 'its id or its name')
        .action((which: string, choice: Choice) => telling(() => revokeKey(which, choice))),
    );
  return [token, key];
}

function remote(command: Command): Command {
  return command.option('--server <url>', 'a server elsewhere; its admin token in OPENCODE_SLACK_TOKEN');
}

/** What the server would run with; where the project is does not matter here. */
const configOf = ({ dbPath }: Choice) => loadConfig({ dbPath, playground: true });

async function createToken({ user, role, expires, ...choice }: NewCredentialChoice & { user: string }) {
  const user_id = parseUserId(user);
  if (user_id === undefined) throw new CliError(`--user: "${user}" cannot be a name.`);
  const lifetimeMs = lifetime(expires ?? defaultTokenLifetime);
  if (lifetimeMs > limits.tokenAgeMaxMs) {
    throw new CliError(
      '--expires: a token lasts 30d at most. For longer, make a key: opencode-slack key create',
    );
  }
  const config = configOf(choice);
  const secretKey = config.secretKey ?? readSecretKey(config.dataDir, { make: false });
  process.stdout.write(`${await signToken(secretKey, { user_id, role }, lifetimeMs, systemClock)}\n`);
  process.stderr.write(`It signs ${user_id} in as ${role}, for ${expires ?? defaultTokenLifetime}.\n`);
}

async function createKey({ name, role, expires, ...choice }: NewCredentialChoice & { name: string }) {
  const expires_at =
    expires === undefined ? null : new Date(systemClock.now() + lifetime(expires)).toISOString();
  const { key, made } = await withKeys(choice, (keys) => keys.create({ name, role, expires_at }));
  process.stdout.write(`${key}\n`);
  process.stderr.write(
    `It signs ${cleanLine(made.name)} in as ${cleanLine(made.role)}. Its id is ${made.id}. ` +
      'Keep it now: it is not shown again.\n',
  );
}

async function listKeys(choice: Choice): Promise<void> {
  const keys = await withKeys(choice, (all) => all.list());
  const rows = keys.map(({ id, name, role, created_at, expires_at, last_used_at }) => [
    id,
    cleanLine(name),
    cleanLine(role),
    `made ${created_at.slice(0, 10)}`,
    expires_at === null ? 'never expires' : `${isPast(expires_at) ? 'expired' : 'expires'} ${expires_at}`,
    last_used_at === null ? 'never used' : `used ${last_used_at}`,
  ]);
  for (const row of rows) process.stdout.write(`${row.join('  ')}\n`);
  if (rows.length === 0) process.stderr.write('There are no API keys.\n');
}

async function revokeKey(which: string, choice: Choice): Promise<void> {
  const { name } = await withKeys(choice, async (keys) => {
    const found = (await keys.list()).find(({ id, name }) => id === which || name === which);
    return keys.revoke(found?.id ?? which);
  });
  process.stdout.write(`Revoked the key ${cleanLine(name)}.\n`);
}

interface KeyActions extends Pick<Keys, 'list'> {
  create(key: NewKey): ReturnType<Keys['create']>;
  revoke(id: string): ReturnType<Keys['revoke']>;
}

/** Beside a running server through its REST interface; else on the database itself. */
async function withKeys<T>(choice: Choice, act: (keys: KeyActions) => Promise<T>): Promise<T> {
  const config = configOf(choice);
  const access = findRunning(choice, config);
  if (access !== undefined) return act(remoteKeys(access));
  if (!existsSync(config.dbPath)) {
    throw new CliError(`No server runs, and there is no database at ${config.dbPath}. Look at --db-path.`);
  }
  const store = await openSqliteStore({ path: config.dbPath, onCommit: () => undefined });
  try {
    return await act(localKeys(store));
  } finally {
    await store.close();
  }
}

/** Who works on the database itself, for the audit log. */
function byTerminal(): Actor {
  return { actor: null, address: null, device: `a terminal of ${userInfo().username}` };
}

function localKeys(store: Store): KeyActions {
  const keys = createKeys(store, createEndings(), systemClock);
  const by = byTerminal();
  return { list: keys.list, create: (key) => keys.create(key, by), revoke: (id) => keys.revoke(id, by) };
}

function findRunning({ server, dbPath }: Choice, config: Config): ServerAccess | undefined {
  if (server ?? process.env.OPENCODE_SLACK_SERVER) return findServer({ server });
  const dataDir = dirname(config.dbPath);
  try {
    // The server of a folder above is meant when nothing says which.
    return findServer(dbPath !== undefined || existsSync(config.dbPath) ? { dataDir } : {});
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

function remoteKeys(access: ServerAccess): KeyActions {
  const list = async () => (await ask(access, 'GET', '/keys', z.object({ keys: z.array(ApiKey) }))).keys;
  return {
    list,
    create: (key) => ask(access, 'POST', '/keys', z.object({ key: z.string(), made: ApiKey }), key),
    async revoke(id) {
      const key = (await list()).find((known) => known.id === id);
      await ask(access, 'DELETE', `/keys/${encodeURIComponent(id)}`, z.object({ message: z.string() }));
      if (key === undefined) throw new CliError(`There was no key "${id}".`);
      return key;
    },
  };
}

function lifetime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new CliError(`--expires: "${text}" is no time. Write it like 90m, 12h or 30d.`);
}

function isPast(time: string): boolean {
  return time <= isoTime(systemClock);
}

const forPeople = [CliError, ChatError, ConfigError, StoreFileError, StoreInUseError] as const;

/** Tells people's errors in a sentence; anything else is a bug and crashes loudly. */
async function telling(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!forPeople.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${cleanLine((error as Error).message)}\n`);
    process.exitCode = error instanceof ConfigError ? 2 : 1;
  }
}
