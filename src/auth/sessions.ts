import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import { type AuditAction, ChatError, limits, type Session } from '../protocol/index.ts';
import type { Credential, Moment, NewSession, SessionEnd } from '../store/identity-store.ts';
import { doneBy } from '../store/notes.ts';
import type { Actor, Store } from '../store/store.ts';
import type { Endings } from './endings.ts';
import type { Proof } from './identity.ts';
import { hashSecret, never, newId, newSecret } from './secrets.ts';
import { endedError } from './session-endings.ts';

/**
 * Sessions: the devices that people are signed in on. A session ends when it was not used for some time, or
 * when somebody ends it. A connection that is open counts as use.
 */
export interface Sessions {
  /** When it is now, and since when an unused session is out of date. */
  moment(): Moment;
  /** A secret, and what the store keeps of it. */
  begin(device: string, address: string | undefined): { token: string; session: NewSession };
  /** A person's devices, the one used last first. */
  list(userId: string, asker: Proof): Promise<Session[]>;
  /** Ends one: by another device, or because it signs out itself. Errors: not_found. */
  end(userId: string, id: string, by: Actor, how: HowEnded): Promise<void>;
  /**
   * Ends all of a person but the one that asks, and refuses tokens signed before, unless a token asks. Gives
   * back how many sessions ended.
   */
  endOthers(userId: string, asker: Proof, by: Actor): Promise<number>;
  /** Ends all of a person, and refuses tokens signed before. Gives back how many sessions ended. */
  endAll(userId: string, by: Actor): Promise<number>;
  /** A new secret for the session that has this one; null: it got one from another request just now. */
  rotate(id: string, token: string): Promise<string | null>;
  /** Notes that credentials are in use; those that let nobody in any more are told of as ended. */
  keepAlive(ids: readonly string[]): Promise<void>;
  /** Notes that a credential was used, if that was not noted lately. */
  noteUse(credential: Credential, address: string | undefined): Promise<void>;
  /** Why a session lets nobody in any more, by its secret. */
  endedError(token: string): Promise<ChatError>;
  /** How often `keepAlive` is due. */
  readonly keepAliveMs: number;
}

export type HowEnded = Extract<AuditAction, 'session_revoked' | 'sign_out'>;

const keepAliveMsMax = 5 * 60 * 1000;
/** What our own secrets look like: anything else is no session's. */
const secretForm = /^[\w-]{43}$/;
const noSession =
  'This session has ended: it was signed out, or not used for too long. Sign in again: opencode-slack link';

export function createSessions(store: Store, endings: Endings, clock: Clock, idleMs: number): Sessions {
  const after = (ms: number) => new Date(clock.now() + ms).toISOString();
  const moment = (): Moment => ({ now: isoTime(clock), idle_since: after(-idleMs) });
  const keepAliveMs = Math.min(keepAliveMsMax, idleMs / 4);
  const useNotedMs = Math.min(limits.sessionUseNotedMs, idleMs / 4);

  async function end(
    which: Omit<SessionEnd, 'ending'>,
    by: Actor,
    how: HowEnded,
    detail: string,
  ): Promise<number> {
    const at = isoTime(clock);
    const note = doneBy(by, how, at, { subject: which.user_id, detail });
    const reason = how === 'sign_out' ? ('signed_out' as const) : ('revoked' as const);
    const ending = { reason, by: by.actor, at };
    const ended = await store.audited(note, 'endSessions', { ...which, ending });
    endings.tell(ended, endedError(ending, which.user_id));
    if (which.tokens_before !== undefined) endings.tellTokens(which.user_id);
    return ended.length;
  }

  return {
    moment,
    keepAliveMs,
    begin(device, address) {
      const token = newSecret();
      const session = {
        id: newId(),
        kind: 'session' as const,
        hash: hashSecret(token),
        device: device.slice(0, limits.deviceCharsMax),
        address: address ?? null,
        created_at: isoTime(clock),
        expires_at: never,
      };
      return { token, session };
    },
    async list(userId, asker) {
      const found = await store.listSessions(userId, moment());
      return found.map(({ id, kind, device, address, created_at, last_used_at, expires_at }) => ({
        id,
        device,
        address,
        created_at,
        last_used_at,
        expires_at:
          kind === 'session' ? new Date(Date.parse(last_used_at) + idleMs).toISOString() : expires_at,
        current: 'id' in asker && asker.id === id,
      }));
    },
    async end(userId, id, by, how) {
      await end({ user_id: userId, id }, by, how, id);
    },
    endOthers(user_id, asker, by) {
      // A token that asks is not to refuse itself.
      const tokens = asker.kind === 'token' ? {} : { tokens_before: isoTime(clock) };
      const which = { user_id, except: 'id' in asker ? asker.id : null, ...tokens };
      return end(which, by, 'session_revoked', 'all but the one that asked');
    },
    endAll: (user_id, by) => end({ user_id, tokens_before: isoTime(clock) }, by, 'session_revoked', 'all'),
    async rotate(id, token) {
      const fresh = newSecret();
      const rotated = await store.rotateSession({
        id,
        former_hash: hashSecret(token),
        hash: hashSecret(fresh),
        former_until: after(limits.sessionRotationGraceMs),
      });
      return rotated ? fresh : null;
    },
    async keepAlive(ids) {
      const alive = new Set(await store.touchCredentials(ids, moment(), null));
      const expired = endedError({ reason: 'expired', by: null, at: isoTime(clock) }, null);
      endings.tell(
        ids.filter((id) => !alive.has(id)),
        expired,
      );
    },
    async noteUse({ id, created_at, last_used_at }, address) {
      const isFirst = last_used_at === created_at;
      if (!isFirst && Date.parse(last_used_at) > clock.now() - useNotedMs) return;
      await store.touchCredentials([id], moment(), address ?? null);
    },
    async endedError(token) {
      if (!secretForm.test(token)) return new ChatError('auth_failed', noSession);
      const ending = await store.readSessionEnding(hashSecret(token), moment());
      return ending === null ? new ChatError('session_unknown') : endedError(ending, ending.user_id);
    },
  };
}
