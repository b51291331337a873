import { Command, Option } from 'commander';
import { ConfigError } from '../config.ts';
import { isoTime, systemClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import { ChatError, limits, nameRule, parseUserId, type Role, roles } from '../protocol/index.ts';
import { StoreFileError, StoreInUseError } from '../store/errors.ts';
import { type AccessChoice, withCredentials } from './credential-access.ts';
import { withServerOptions } from './data-options.ts';
import { exitCodes } from './exit-codes.ts';
import { CliError, UsageError } from './find-server.ts';
import { cleanLine } from './sanitise.ts';

interface NewCredentialChoice extends AccessChoice {
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
    withServerOptions(new Command(name).description(description)).addHelpText(
      'after',
      '\nThe admin token of a server elsewhere comes from the environment variable OPENCODE_SLACK_TOKEN.',
    );
  const role = () =>
    new Option('--role <role>', 'what it may do').choices(roles).default('developer' satisfies Role);

  const token = new Command('token')
    .description(descriptions.token)
    .addCommand(
      command('create', 'sign a token (JWT); it needs no running server')
        .requiredOption('--user <name>', 'who it signs in')
        .addOption(role())
        .option('--expires <time>', 'such as 90m, 12h or 7d; at most 30d', defaultTokenLifetime)
        .action((choice: NewCredentialChoice & { user: string }) => telling(() => createToken(choice))),
    )
    .addCommand(
      command('list', 'the tokens that were made here, until they expire').action((choice: AccessChoice) =>
        telling(() => listTokens(choice)),
      ),
    )
    .addCommand(
      command('revoke', 'refuse a token from now on; what came in by it is closed at once')
        .argument('<id>', 'its id, in the token itself "jti"')
        .option('--made-elsewhere', 'also when it was not made here, so that the list does not have it')
        .action((id: string, choice: AccessChoice & { madeElsewhere?: true }) =>
          telling(() => revokeToken(id, choice)),
        ),
    );
  const key = new Command('key')
    .description(descriptions.key)
    .addCommand(
      command('create', 'make an API key; its text is shown this once')
        .requiredOption('--name <name>', 'its name in the chat')
        .addOption(role())
        .option('--expires <time>', 'such as 12h or 90d; without it, never')
        .action((choice: NewCredentialChoice & { name: string }) => telling(() => createKey(choice))),
    )
    .addCommand(
      command('list', 'all API keys, without their text').action((choice: AccessChoice) =>
        telling(() => listKeys(choice)),
      ),
    )
    .addCommand(
      command('revoke', 'end an API key; what came in by it is closed at once')
        .argument('<key>', 'its id or its name')
        .action((which: string, choice: AccessChoice) => telling(() => revokeKey(which, choice))),
    );
  return [token, key];
}

async function createToken({ user, role, expires, ...choice }: NewCredentialChoice & { user: string }) {
  const user_id = parseUserId(user);
  if (user_id === undefined) throw new UsageError(`--user: "${user}" is not possible. ${nameRule}`);
  const lifetime_ms = lifetime(expires ?? defaultTokenLifetime);
  if (lifetime_ms > limits.tokenAgeMaxMs) {
    throw new UsageError(
      '--expires: a token lasts 30d at most. For longer, make a key: opencode-slack key create',
    );
  }
  const asked = { user_id, role, lifetime_ms };
  const { token, made, id } = await withCredentials(choice, ({ tokens }) => tokens.create(asked));
  process.stdout.write(`${token}\n`);
  process.stderr.write(
    `It signs ${user_id} in as ${role}, for ${expires ?? defaultTokenLifetime}. ` +
      `Its id is ${cleanLine(id)}.\n` +
      (made === null
        ? 'There is no database here to note it in: keep the id, for token revoke --made-elsewhere.\n'
        : ''),
  );
}

async function listTokens(choice: AccessChoice): Promise<void> {
  const tokens = await withCredentials(choice, (access) => access.tokens.list());
  const rows = tokens.map(({ id, user_id, role, created_at, expires_at, revoked_at, made_by }) => [
    cleanLine(id),
    user_id === null ? '(made elsewhere)' : cleanLine(user_id),
    role === null ? '-' : cleanLine(role),
    `made ${created_at.slice(0, 10)}${by(made_by)}`,
    `expires ${expires_at}`,
    ...(revoked_at === null ? [] : [`revoked ${revoked_at}`]),
  ]);
  printTable(rows, 'No token is known.');
}

async function revokeToken(
  id: string,
  { madeElsewhere: made_elsewhere = false, ...choice }: AccessChoice & { madeElsewhere?: boolean },
): Promise<void> {
  await withCredentials(choice, ({ tokens }) => tokens.revoke({ id, made_elsewhere }));
  process.stdout.write(`The token ${cleanLine(id)} is refused from now on.\n`);
}

async function createKey({ name, role, expires, ...choice }: NewCredentialChoice & { name: string }) {
  const expires_at =
    expires === undefined ? null : new Date(systemClock.now() + lifetime(expires)).toISOString();
  const { key, made } = await withCredentials(choice, ({ keys }) => keys.create({ name, role, expires_at }));
  process.stdout.write(`${key}\n`);
  process.stderr.write(
    `It signs ${cleanLine(made.name)} in as ${cleanLine(made.role)}. Its id is ${made.id}. ` +
      'Keep it now: it is not shown again.\n',
  );
}

async function listKeys(choice: AccessChoice): Promise<void> {
  const keys = await withCredentials(choice, (access) => access.keys.list());
  const rows = keys.map(({ id, name, role, created_at, expires_at, last_used_at, made_by }) => [
    id,
    cleanLine(name),
    cleanLine(role),
    `made ${created_at.slice(0, 10)}${by(made_by)}`,
    expires_at === null ? 'never expires' : `${isPast(expires_at) ? 'expired' : 'expires'} ${expires_at}`,
    last_used_at === null ? 'never used' : `used ${last_used_at}`,
  ]);
  printTable(rows, 'There are no API keys.');
}

async function revokeKey(which: string, choice: AccessChoice): Promise<void> {
  const name = await withCredentials(choice, async ({ keys }) => {
    const found = (await keys.list()).find(({ id, name }) => id === which || name === which);
    await keys.revoke(found?.id ?? which);
    return found?.name ?? which;
  });
  process.stdout.write(`Revoked the key ${cleanLine(name)}.\n`);
}

function printTable(rows: readonly (readonly string[])[], nothing: string): void {
  for (const row of rows) process.stdout.write(`${row.join('  ')}\n`);
  if (rows.length === 0) process.stderr.write(`${nothing}\n`);
}

function by(name: string | null): string {
  return name === null ? '' : ` by ${cleanLine(name)}`;
}

function lifetime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new UsageError(`--expires: "${text}" is no time. Write it like 90m, 12h or 30d.`);
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
    const isWrongUse = error instanceof ConfigError || error instanceof UsageError;
    process.exitCode = isWrongUse ? exitCodes.wrongUse : exitCodes.failed;
  }
}
