import { ChatError } from '../protocol/index.ts';
import type { Credential, ReplacedSession } from '../store/identity-store.ts';
import type { Store } from '../store/store.ts';
import { hashSecret, isSecret } from './secrets.ts';
import type { Sessions } from './sessions.ts';

/**
 * Sessions of browsers. Their token is in a cookie, which browsers send to every port of the host. So the
 * cookie alone signs nobody in: it counts with the page secret, which the page keeps where no other origin
 * reads it.
 */
export interface BrowserProof {
  /** The session token of the cookie. */
  readonly token: string;
  readonly pageSecret: string | undefined;
}

interface Parts {
  readonly store: Pick<Store, 'findCredential'>;
  readonly sessions: Pick<Sessions, 'moment' | 'endedError'>;
}

/** Errors: session_unbound, auth_failed, and those of a session that ended. */
export async function findBrowserSession(
  { store, sessions }: Parts,
  shown: BrowserProof,
): Promise<Credential> {
  const credential = await store.findCredential(hashSecret(shown.token), sessions.moment());
  if (credential?.kind !== 'session') throw await sessions.endedError(shown.token);
  if (!isBound(credential, shown)) throw new ChatError('session_unbound');
  return credential;
}

/**
 * The session that a new sign-in of a browser replaces. Without its page secret it ends only if the new
 * session is of the same person: whoever got hold of a cookie does not sign its person out.
 */
export async function replacedSession(
  { store, sessions }: Parts,
  shown: BrowserProof | undefined,
): Promise<ReplacedSession | null> {
  if (shown === undefined) return null;
  const former = await store.findCredential(hashSecret(shown.token), sessions.moment());
  return former?.kind === 'session' ? { id: former.id, of_anybody: isBound(former, shown) } : null;
}

function isBound({ page_hash }: Credential, { pageSecret }: BrowserProof): boolean {
  return page_hash !== null && pageSecret !== undefined && isSecret(pageSecret, page_hash);
}
