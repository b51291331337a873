import type { Auth } from '../auth/auth.ts';
import type { Identity } from '../auth/identity.ts';
import { lesserRole, permissionsOf, roleOf } from '../auth/policy.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { ChatError, encodeFrame, type JournalEvent } from '../protocol/index.ts';
import { type Connection, isSignedIn, type SignedInConnection } from './connection.ts';
import type { FanOut } from './fan-out.ts';
import type { Presence } from './presence.ts';

/**
 * Keeps what connections may do true to the credentials that they came in by: one that ended closes its
 * connections, another role counts at once, and an open connection counts as use of its session.
 */
export interface CredentialWatch {
  /** Closes a connection whose credential ended while it signed in. */
  check(connection: SignedInConnection): void;
  /** Acts on people's new roles, and closes the connections of those who were removed. */
  follow(events: readonly JournalEvent[]): void;
  close(): void;
}

export interface CredentialWatchDependencies {
  readonly auth: Pick<Auth, 'sessions' | 'endings'>;
  readonly connections: Iterable<Connection>;
  readonly fanOut: Pick<FanOut, 'send' | 'writeOut'>;
  readonly presence: Pick<Presence, 'changeRole'>;
  readonly clock: Clock;
  readonly log: Log;
}

const expiryCheckMs = 1_000;

export function watchCredentials(dependencies: CredentialWatchDependencies): CredentialWatch {
  const { auth, fanOut, presence, clock, log } = dependencies;
  const { sessions, endings } = auth;

  function* connections(): Generator<SignedInConnection> {
    for (const connection of dependencies.connections) if (isSignedIn(connection)) yield connection;
  }

  /** Says why before it closes: the close code is the same for all reasons. */
  function end(connection: SignedInConnection, why?: ChatError): void {
    const isSession = connection.state.identity.proof.kind === 'session';
    if (isSession && why !== undefined) {
      fanOut.send(connection, encodeFrame({ type: 'error', code: why.code, message: why.message }));
      fanOut.writeOut(connection);
    }
    connection.link.close(isSession ? 'sessionEnded' : 'credentialEnded');
  }

  endings.onEnd((ids, why) => {
    const ended = new Set(ids);
    for (const connection of connections()) {
      if (isOneOf(connection, (id) => ended.has(id))) end(connection, why);
    }
  });

  endings.onTokensEnd((userId) => {
    for (const connection of connections()) {
      const { user_id, proof } = connection.state.identity;
      if (proof.kind === 'token' && user_id === userId) end(connection);
    }
  });

  const expiry = setInterval(() => {
    const now = new Date(clock.now()).toISOString();
    for (const connection of connections()) {
      const { proof } = connection.state.identity;
      if ('expires_at' in proof && proof.expires_at <= now) end(connection);
    }
  }, expiryCheckMs);
  const use = setInterval(() => {
    const ids = [...connections()].map(({ state }) => idOf(state.identity)).filter((id) => id !== undefined);
    sessions
      .keepAlive([...new Set(ids)])
      .catch((error: unknown) => log.warn({ err: error }, 'could not note which sessions are in use'));
  }, sessions.keepAliveMs);
  for (const timer of [expiry, use]) timer.unref();

  function changeRole(name: string, role: string): void {
    for (const connection of connections()) {
      const { identity } = connection.state;
      if (identity.user_id !== name) continue;
      const changed = roleNow(identity, role);
      if (changed === identity.role) continue;
      connection.state.identity = { ...identity, role: changed };
      const data = { role: changed, permissions: permissionsOf(changed) };
      fanOut.send(connection, encodeFrame({ type: 'permissions', data }));
    }
    presence.changeRole(name, role);
  }

  function closeAll(name: string): void {
    const removed = new ChatError('person_removed');
    for (const connection of connections()) {
      const { identity } = connection.state;
      if (identity.user_id !== name) continue;
      const known = 'id' in identity.proof ? endings.whyEnded(identity.proof.id) : undefined;
      end(connection, known ?? removed);
    }
  }

  return {
    check(connection) {
      const id = idOf(connection.state.identity);
      if (isOneOf(connection, endings.hasEnded))
        end(connection, id === undefined ? undefined : endings.whyEnded(id));
    },
    follow(events) {
      for (const { type, data } of events) {
        if (type === 'member_updated') changeRole(data.name, data.role);
        else if (type === 'member_left') closeAll(data.name);
      }
    },
    close() {
      clearInterval(expiry);
      clearInterval(use);
    },
  };
}

/** The credential that is kept in use by a connection. */
function idOf({ proof }: Identity): string | undefined {
  return 'id' in proof ? proof.id : undefined;
}

/** Whether a connection came in by one of these credentials or tokens. */
function isOneOf({ state: { identity } }: SignedInConnection, these: (id: string) => boolean): boolean {
  const id = identity.proof.kind === 'token' ? identity.proof.token_id : idOf(identity);
  return typeof id === 'string' && these(id);
}

/** What somebody may do here after the person got a role: a name that was believed keeps what it said. */
function roleNow({ proof, role }: Identity, personRole: string): string {
  if (proof.kind === 'session') return personRole;
  return proof.kind === 'token' ? lesserRole(proof.role, roleOf(personRole)) : role;
}
