import { createHash } from 'node:crypto';
import type { Identity } from '../auth/identity.ts';
import { ChatError, type ErrorCode, endsSignIn, limits } from '../protocol/index.ts';
import type { Audit } from './audit.ts';
import type { Counters } from './counters.ts';
import { networkOf, type Peer, placeOf } from './peer.ts';

/** Somebody tries to get in. */
export interface Attempt {
  readonly peer: Peer;
  /** How, such as `link` or `session`. */
  readonly method: string;
  /** Whom they claim to be, if they say so before they have proved it. */
  readonly account?: string | undefined;
  /** What they show. It is neither kept nor noted. */
  readonly secret?: string | undefined;
}

/** Counts refused sign-ins and makes who fails too often wait; notes who came in and who did not. */
export interface SignInGuard {
  /**
   * Signs somebody in by `verify`. After too many refusals of one address, network or account, names are
   * refused there without a look until the time is over. A link, session, token or key is looked at all the
   * same: it cannot be guessed, and the many who share an address with one who tries must get in. Errors:
   * rate_limited with the seconds to wait, and those of `verify`.
   */
  attempt<T extends { readonly identity: Identity }>(attempt: Attempt, verify: () => Promise<T>): Promise<T>;
}

export interface SignInGuardDependencies {
  readonly counters: Counters;
  readonly audit: Audit;
}

/** Methods by which somebody only says a name, without a secret: there waiting keeps a guesser out. */
const guessable: ReadonlySet<string> = new Set(['name', 'development', 'guest']);

/** Refusals of what may be a guess; a session that ended was once a true one. */
const guesses: ReadonlySet<ErrorCode> = new Set(['auth_failed', 'session_unknown']);

export function createSignInGuard({ counters, audit }: SignInGuardDependencies): SignInGuard {
  const windowMs = limits.refusedSignInsWindowMs;
  const perAddress = counters('refused-address', { points: limits.refusedSignInsPerAddressMax, windowMs });
  const perNetwork = counters('refused-network', { points: limits.refusedSignInsPerNetworkMax, windowMs });
  const perAccount = counters('refused-account', { points: limits.refusedSignInsPerAccountMax, windowMs });
  const shown = counters('refused-secret', { points: 1, windowMs });
  const seen = counters('seen', { points: 1, windowMs: limits.signInNotedAgainMs });

  /** A link and a session are counted apart: old tabs must not keep a new link from working. */
  function places({ peer, method, account }: Attempt) {
    const kind = method === 'link' ? 'link' : 'other';
    const network = networkOf(peer.address);
    return [
      { counter: perAddress, key: `${kind} ${placeOf(peer.address)}` },
      ...(network === undefined ? [] : [{ counter: perNetwork, key: `${kind} ${network}` }]),
      ...(account === undefined ? [] : [{ counter: perAccount, key: account.trim().toLowerCase() }]),
    ];
  }

  async function waitOf(attempt: Attempt): Promise<number> {
    const waits = await Promise.all(places(attempt).map(({ counter, key }) => counter.wait(key)));
    return Math.max(...waits);
  }

  /** The same secret shown again, by many tabs or a script, is no new guess. */
  async function isNewGuess({ peer, method, secret }: Attempt): Promise<boolean> {
    if (secret === undefined) return true;
    const digest = createHash('sha256').update(`${method} ${secret}`).digest('base64');
    return (await shown.take(`${placeOf(peer.address)} ${digest}`)) === 0;
  }

  function noteRefusal(attempt: Attempt, why: string): void {
    audit.refused({
      ...actOf(attempt, attempt.account?.trim() || null),
      detail: `${attempt.method}: ${why}`,
    });
  }

  async function noteEntry(attempt: Attempt, { user_id }: Identity): Promise<void> {
    const { peer, method } = attempt;
    // A link is noted with the session that it begins.
    if (method === 'link') return;
    const isFirst = (await seen.take(JSON.stringify([user_id, method, peer.address]))) === 0;
    if (isFirst) void audit.record({ ...actOf(attempt, user_id), detail: method });
  }

  return {
    async attempt(attempt, verify) {
      if (guessable.has(attempt.method)) {
        const waitMs = await waitOf(attempt);
        if (waitMs > 0) {
          noteRefusal(attempt, 'too many refused before');
          throw tooManyRefused(waitMs);
        }
      }
      try {
        const entered = await verify();
        await noteEntry(attempt, entered.identity);
        return entered;
      } catch (error) {
        if (!(error instanceof ChatError) || !endsSignIn(error.code)) throw error;
        noteRefusal(attempt, guesses.has(error.code) ? 'not accepted' : error.code);
        if (!guesses.has(error.code)) throw error;
        const waitMs = await waitOf(attempt);
        if (waitMs > 0) throw tooManyRefused(waitMs);
        if (await isNewGuess(attempt)) {
          await Promise.all(places(attempt).map(({ counter, key }) => counter.take(key)));
        }
        throw error;
      }
    },
  };
}

function actOf({ peer }: Attempt, actor: string | null) {
  return { action: 'sign_in' as const, by: { actor, address: peer.address, device: peer.device } };
}

function tooManyRefused(waitMs: number): ChatError {
  const seconds = Math.ceil(waitMs / 1000);
  const wait = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
  return new ChatError('rate_limited', `Too many sign-ins were refused. Try again in ${wait}.`, seconds);
}
