import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { z } from 'zod';
import { createEndings } from '../auth/endings.ts';
import { createKeys, type Keys, type NewKey } from '../auth/keys.ts';
import { newId } from '../auth/secrets.ts';
import {
  createSignedTokens,
  type NewSignedToken,
  type RevokedToken,
  type SignedTokens,
} from '../auth/signed-tokens.ts';
import { signToken } from '../auth/tokens.ts';
import { type Config, loadConfig } from '../config.ts';
import { systemClock } from '../lib/clock.ts';
import { ApiKey, SignedToken } from '../protocol/index.ts';
import { readSecretKey } from '../secret-key.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Actor, Store } from '../store/store.ts';
import { findDatabase } from './find-database.ts';
import { CliError, findServer, type ServerAccess, type ServerChoice } from './find-server.ts';
import { ask } from './rest.ts';

/** Keys and tokens: of a running server through its REST interface; else of the database itself. */
export interface CredentialAccess {
  readonly keys: {
    create(key: NewKey): ReturnType<Keys['create']>;
    list: Keys['list'];
    revoke(id: string): Promise<unknown>;
  };
  readonly tokens: {
    /** `made` is null where there is no database to note it in. */
    create(token: NewSignedToken): Promise<{ token: string; made: SignedToken | null; id: string }>;
    list: SignedTokens['list'];
    revoke(which: RevokedToken): Promise<unknown>;
  };
}

export type AccessChoice = ServerChoice;

/** Errors: CliError, ChatError, ConfigError, StoreInUseError. */
export async function withCredentials<T>(
  choice: AccessChoice,
  act: (access: CredentialAccess) => Promise<T>,
): Promise<T> {
  const config = loadConfig({ dbPath: findDatabase(choice), playground: true });
  const server = findRunning(choice, config);
  if (server !== undefined) return act(remote(server));
  if (!existsSync(config.dbPath)) return act(nothingHere(config));
  const store = await openSqliteStore({ path: config.dbPath, onCommit: () => undefined });
  try {
    return await act(local(store, config));
  } finally {
    await store.close();
  }
}

function findRunning(choice: AccessChoice, { dbPath }: Config): ServerAccess | undefined {
  const { server, url } = choice;
  if (server ?? url ?? process.env.OPENCODE_SLACK_SERVER) return findServer({ server, url });
  try {
    return findServer({ dbPath });
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

function remote(server: ServerAccess): CredentialAccess {
  const Told = z.object({ message: z.string() });
  const path = (kind: string, id: string) => `/${kind}/${encodeURIComponent(id)}`;
  return {
    keys: {
      create: (key) => ask(server, 'POST', '/keys', z.object({ key: z.string(), made: ApiKey }), key),
      list: async () => (await ask(server, 'GET', '/keys', z.object({ keys: z.array(ApiKey) }))).keys,
      revoke: (id) => ask(server, 'DELETE', path('keys', id), Told),
    },
    tokens: {
      async create(asked) {
        const Made = z.object({ token: z.string(), made: SignedToken });
        const { token, made } = await ask(server, 'POST', '/tokens', Made, asked);
        return { token, made, id: made.id };
      },
      list: async () =>
        (await ask(server, 'GET', '/tokens', z.object({ tokens: z.array(SignedToken) }))).tokens,
      revoke: ({ id, made_elsewhere }) =>
        ask(server, 'DELETE', `${path('tokens', id)}?made_elsewhere=${made_elsewhere}`, Told),
    },
  };
}

/** Who works on the database itself, for the audit log. */
function byTerminal(): Actor {
  return { actor: null, address: null, device: `a terminal of ${userInfo().username}` };
}

function secretKeyOf(config: Config): string {
  return config.secretKey ?? readSecretKey(config, { make: false });
}

function local(store: Store, config: Config): CredentialAccess {
  const [by, endings] = [byTerminal(), createEndings()];
  const keys = createKeys(store, endings, systemClock);
  const tokens = () => createSignedTokens(store, endings, systemClock, secretKeyOf(config));
  return {
    keys: {
      create: (key) => keys.create(key, by),
      list: keys.list,
      revoke: (id) => keys.revoke(id, by),
    },
    tokens: {
      async create(asked) {
        const { token, made } = await tokens().create(asked, by);
        return { token, made, id: made.id };
      },
      list: () => tokens().list(),
      revoke: (which) => tokens().revoke(which, by),
    },
  };
}

/** Where no server was yet: who has its key can sign tokens all the same. */
function nothingHere(config: Config): CredentialAccess {
  const refuse = async () => {
    throw new CliError(`No server runs, and there is no database at ${config.dbPath}. Look at --data-dir.`);
  };
  return {
    keys: { create: refuse, list: refuse, revoke: refuse },
    tokens: {
      async create({ lifetime_ms, ...claims }) {
        const id = newId();
        const token = await signToken(secretKeyOf(config), { id, ...claims }, lifetime_ms, systemClock);
        return { token, made: null, id };
      },
      list: refuse,
      revoke: refuse,
    },
  };
}
