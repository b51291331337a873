import { ChatError, limits } from '../protocol/index.ts';
import type { SessionEnding } from '../store/identity-store.ts';

const again = 'Sign in again: opencode-slack link';

/** Tells whoever had a session why it ended. */
export function endedError({ reason, by, at }: SessionEnding, owner: string | null): ChatError {
  const when = `${at.slice(0, 16).replace('T', ' ')} UTC`;
  switch (reason) {
    case 'expired':
      return new ChatError('session_expired', `This session expired: it was not used for too long. ${again}`);
    case 'signed_out':
      return new ChatError('session_revoked', `This session was signed out on ${when}. ${again}`);
    case 'revoked': {
      const who = by === null ? 'at the server' : by === owner ? 'from another device of yours' : `by ${by}`;
      return new ChatError('session_revoked', `This session was ended ${who} on ${when}. ${again}`);
    }
    case 'replaced':
      return new ChatError(
        'session_revoked',
        `A later sign-in of this browser replaced this session. ${again}`,
      );
    case 'crowded_out':
      return new ChatError(
        'session_revoked',
        `This session was ended by newer ones: a person has at most ${limits.sessionsPerPersonMax}. ${again}`,
      );
    case 'unbound':
      return new ChatError(
        'session_unbound',
        'Sessions of earlier versions have ended, since other servers on the same host could use them. ' +
          again,
      );
    case 'removed': {
      const who = by === null ? 'at the server' : `by ${by}`;
      return new ChatError(
        'person_removed',
        `You were removed from the team ${who} on ${when}. Ask an admin for a new link.`,
      );
    }
  }
}
