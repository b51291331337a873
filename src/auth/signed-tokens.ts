import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import { ChatError, limits, nameRule, parseUserId, type Role, type SignedToken } from '../protocol/index.ts';
import { doneBy } from '../store/notes.ts';
import type { Actor, Store } from '../store/store.ts';
import type { Endings } from './endings.ts';
import { newId } from './secrets.ts';
import { signToken } from './tokens.ts';

/**
 * Tokens that are signed here, each with an id (`jti`) by which it is listed and revoked. Those that others
 * sign with the same key are believed without one.
 */
export interface SignedTokens {
  /** Signs a token. Its text is given this once only. Errors: bad_frame, limit_reached. */
  create(token: NewSignedToken, by: Actor): Promise<{ token: string; made: SignedToken }>;
  /** Those that are known and have not expired, revoked ones too. */
  list(): Promise<SignedToken[]>;
  /**
   * Closes what came in by it, and lets it in no more; one that is only known by its id if it was made
   * elsewhere. Errors: not_found, limit_reached.
   */
  revoke(which: RevokedToken, by: Actor): Promise<SignedToken>;
}

export interface NewSignedToken {
  readonly user_id: string;
  readonly role: Role;
  readonly lifetime_ms: number;
}

export interface RevokedToken {
  readonly id: string;
  readonly made_elsewhere: boolean;
}

export function createSignedTokens(
  store: Pick<Store, 'audited' | 'listTokens'>,
  endings: Endings,
  clock: Clock,
  secretKey: string,
): SignedTokens {
  const after = (ms: number) => new Date(clock.now() + ms).toISOString();
  return {
    async create({ user_id: asked, role, lifetime_ms }, by) {
      const user_id = parseUserId(asked);
      if (user_id === undefined) throw new ChatError('bad_frame', `"user_id": ${nameRule}`);
      const id = newId();
      const created_at = isoTime(clock);
      const expires_at = after(lifetime_ms);
      const made = { id, user_id, role, created_at, expires_at, made_by: by.actor };
      const note = doneBy(by, 'token_made', created_at, { subject: user_id, detail: `${role}, ${id}` });
      await store.audited(note, 'addToken', made);
      const token = await signToken(secretKey, { id, user_id, role }, lifetime_ms, clock);
      return { token, made: { ...made, revoked_at: null } };
    },
    list: () => store.listTokens(),
    async revoke({ id, made_elsewhere }, by) {
      const at = isoTime(clock);
      const note = doneBy(by, 'token_revoked', at, { detail: id });
      const revocation = { id, made_elsewhere, at, expires_at: after(limits.tokenAgeMaxMs) };
      const revoked = await store.audited(note, 'revokeToken', revocation);
      endings.tell([id]);
      return revoked;
    },
  };
}
