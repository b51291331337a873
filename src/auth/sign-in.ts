import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import { ChatError, type CommandRequest, limits, parseUserId } from '../protocol/index.ts';
import type { Credential, Store } from '../store/store.ts';
import type { Identity } from './identity.ts';
import { hashSecret, newSecret } from './secrets.ts';

/** Turns credentials into identities. */
export interface SignIn {
  /**
   * The identity of an `auth` frame. Errors: auth_required (older form outside development mode),
   * auth_failed, user_id_required.
   */
  authenticate(auth: CommandRequest<'auth'>, from: Origin): Promise<SignedIn>;
  /** The identity of a session token, or null. */
  identify(token: string): Promise<Identity | null>;
  /** A one-time code for a sign-in link; it expires after `limits.linkCodeTtlMs`. */
  createLinkCode(userId: string, role: string): Promise<{ code: string; expires_at: string }>;
  /** Trades a link's code for a session. Errors: auth_failed. */
  redeemLinkCode(code: string, device: string): Promise<SignedIn & { session_token: string }>;
  /** A session that needs no link: for the server's own terminal and worker. */
  createSession(userId: string, role: string, device: string, kind?: 'session' | 'worker'): Promise<string>;
  endSession(token: string): Promise<void>;
}

/** Where an `auth` frame came from. */
export interface Origin {
  /** The session token of the browser's cookie. */
  readonly cookieToken: string | undefined;
  /** Whether the peer is on this machine. */
  readonly loopback: boolean;
}

export interface SignedIn {
  readonly identity: Identity;
  readonly session_token?: string;
}

export interface SignInDependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** Believes names on loopback. */
  readonly developmentMode: boolean;
  readonly sessionTtlMs: number;
}

export function createSignIn({ store, clock, developmentMode, sessionTtlMs }: SignInDependencies): SignIn {
  const expiry = (ttlMs: number) => new Date(clock.now() + ttlMs).toISOString();

  async function createSession(
    userId: string,
    role: string,
    device: string,
    kind: 'session' | 'worker' = 'session',
  ): Promise<string> {
    const token = newSecret();
    await store.addCredential({
      hash: hashSecret(token),
      kind,
      user_id: userId,
      role,
      device,
      created_at: isoTime(clock),
      expires_at: expiry(sessionTtlMs),
    });
    return token;
  }

  async function identify(token: string): Promise<Identity | null> {
    const credential = await store.findCredential(hashSecret(token), isoTime(clock));
    return credential === null || credential.kind === 'link' ? null : identityOf(credential);
  }

  async function redeemLinkCode(code: string, device: string) {
    const link = await store.takeCredential(hashSecret(code), isoTime(clock));
    if (link?.kind !== 'link') {
      throw new ChatError(
        'auth_failed',
        'This sign-in link was used or has expired. Make a new one in the terminal: opencode-slack link',
      );
    }
    const token = await createSession(link.user_id, link.role, device);
    const identity = await identify(token);
    if (identity === null) throw new ChatError('auth_failed');
    return { identity, session_token: token };
  }

  function believe(auth: CommandRequest<'auth'>, from: Origin): SignedIn {
    if (!developmentMode) {
      throw new ChatError(
        'auth_failed',
        'This server does not believe names without a credential. Sign in by a link (opencode-slack link), ' +
          'or start the server in development mode (OPENCODE_DEV_MODE=1).',
      );
    }
    if (!from.loopback)
      throw new ChatError('auth_failed', 'Development mode works only on the same machine.');
    const userId = parseUserId(auth.user_id);
    if (userId === undefined) throw new ChatError('user_id_required');
    const role = auth.role?.trim() || 'user';
    return { identity: { user_id: userId, role, kind: 'person', session: null } };
  }

  return {
    identify,
    redeemLinkCode,
    createSession,
    async authenticate(auth, from) {
      switch (auth.method) {
        case undefined:
        case 'development':
          return believe(auth, from);
        case 'link':
          return redeemLinkCode(auth.code ?? '', auth.device ?? '');
        case 'session': {
          const token = auth.token ?? from.cookieToken;
          const identity = token === undefined ? null : await identify(token);
          if (identity === null) throw new ChatError('auth_failed');
          return { identity };
        }
      }
    },
    async createLinkCode(userId, role) {
      const code = newSecret();
      const expiresAt = expiry(limits.linkCodeTtlMs);
      await store.addCredential({
        hash: hashSecret(code),
        kind: 'link',
        user_id: userId,
        role,
        device: '',
        created_at: isoTime(clock),
        expires_at: expiresAt,
      });
      return { code, expires_at: expiresAt };
    },
    async endSession(token) {
      await store.removeCredential(hashSecret(token));
    },
  };
}

function identityOf(credential: Credential): Identity {
  return {
    user_id: credential.user_id,
    role: credential.role,
    kind: credential.kind === 'worker' ? 'worker' : 'person',
    session: credential.hash,
  };
}
