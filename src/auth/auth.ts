import { type Accounts, createAccounts } from './accounts.ts';
import { createEndings, type Endings } from './endings.ts';
import { createKeys, type Keys } from './keys.ts';
import { createPeople, type People } from './people.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSignIn, type SignIn, type SignInDependencies } from './sign-in.ts';
import { createSignedTokens, type SignedTokens } from './signed-tokens.ts';

/** Who one is: credentials, what they open, and when they end. */
export interface Auth {
  readonly signIn: SignIn;
  readonly sessions: Sessions;
  readonly accounts: Accounts;
  readonly keys: Keys;
  readonly tokens: SignedTokens;
  readonly people: People;
  readonly endings: Endings;
}

export type AuthDependencies = Omit<SignInDependencies, 'keys' | 'sessions' | 'endings'> & {
  /** A session that was not used for so long ends. */
  readonly sessionIdleMs: number;
};

export function createAuth({ sessionIdleMs, ...dependencies }: AuthDependencies): Auth {
  const { store, clock, secretKey } = dependencies;
  const endings = createEndings();
  const sessions = createSessions(store, endings, clock, sessionIdleMs);
  const keys = createKeys(store, endings, clock);
  return {
    sessions,
    accounts: createAccounts({ store, endings, sessions, clock }),
    keys,
    tokens: createSignedTokens(store, endings, clock, secretKey),
    people: createPeople(store, endings, clock),
    endings,
    signIn: createSignIn({ ...dependencies, keys, sessions, endings }),
  };
}
