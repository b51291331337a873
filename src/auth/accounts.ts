import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import { limits } from '../protocol/index.ts';
import type { Account, Credential } from '../store/identity-store.ts';
import type { Store } from '../store/store.ts';
import type { Endings } from './endings.ts';
import type { Identity } from './identity.ts';
import { tradeLink } from './links.ts';
import { hashSecret, never, newId } from './secrets.ts';
import type { Sessions } from './sessions.ts';

/**
 * Accounts of people on other chats, such as Telegram: what comes from one there is said by that person here,
 * with the rights that the person has at that moment. The other service vouches for whose the account is; it
 * becomes somebody's by the code of a sign-in link, and is among that person's devices.
 */
export interface Accounts {
  /** Gives an account to whom the code is for. Errors: auth_failed, name_taken. */
  link(code: string, account: NamedAccount): Promise<Identity>;
  /** Whose an account is; null: nobody's. */
  find(account: string): Promise<Identity | null>;
  list(): Promise<Account[]>;
}

export interface NamedAccount {
  /** The service and the account's number there: `telegram:123`. */
  readonly account: string;
  /** What it is called in the list of devices. */
  readonly device: string;
}

export interface AccountsDependencies {
  readonly store: Store;
  readonly endings: Endings;
  readonly sessions: Pick<Sessions, 'moment' | 'noteUse'>;
  readonly clock: Clock;
}

export function createAccounts({ store, endings, sessions, clock }: AccountsDependencies): Accounts {
  return {
    async link(code, { account, device }) {
      const begins = {
        id: newId(),
        kind: 'account' as const,
        hash: hashSecret(account),
        device: device.slice(0, limits.deviceCharsMax),
        address: account,
        created_at: isoTime(clock),
        expires_at: never,
      };
      const by = { actor: null, address: account, device };
      return identityOf(await tradeLink({ store, endings }, { code, begins, replaces: null, by }));
    },
    async find(account) {
      const credential = await store.findCredential(hashSecret(account), sessions.moment());
      if (credential?.kind !== 'account') return null;
      await sessions.noteUse(credential, account);
      return identityOf(credential);
    },
    list: () => store.listAccounts(),
  };
}

function identityOf({ id, user_id, role, expires_at }: Credential): Identity {
  return { user_id, role, kind: 'person', proof: { kind: 'account', id, expires_at } };
}
