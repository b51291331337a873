import { ChatError } from '../protocol/index.ts';
import type { Credential, NewSession, ReplacedSession } from '../store/identity-store.ts';
import { doneBy } from '../store/notes.ts';
import type { Actor, Store } from '../store/store.ts';
import type { Endings } from './endings.ts';
import { hashSecret } from './secrets.ts';
import { endedError } from './session-endings.ts';

/** What a sign-in link's code is traded for. */
export interface Trade {
  readonly code: string;
  readonly begins: NewSession;
  /** The session that the device had. */
  readonly replaces: ReplacedSession | null;
  readonly by: Actor;
}

/** Trades the one-time code of a sign-in link for a session or an account. Errors: auth_failed. */
export async function tradeLink(
  { store, endings }: { readonly store: Pick<Store, 'audited'>; readonly endings: Endings },
  { code, begins, replaces, by }: Trade,
): Promise<Credential> {
  const detail = begins.kind === 'account' ? 'link, for an account' : 'link';
  const note = doneBy(by, 'sign_in', begins.created_at, { detail });
  const begun = await store.audited(note, 'redeemLink', hashSecret(code), begins, replaces);
  if (begun === null) {
    throw new ChatError(
      'auth_failed',
      'This sign-in link was used or has expired. Make a new one in the terminal: opencode-slack link',
    );
  }
  const { user_id } = begun.session;
  const ending = { by: user_id, at: begins.created_at };
  const isReplaced = (id: string) => id === replaces?.id;
  endings.tell(begun.ended.filter(isReplaced), endedError({ ...ending, reason: 'replaced' }, user_id));
  const others = begun.ended.filter((id) => !isReplaced(id));
  endings.tell(others, endedError({ ...ending, reason: 'crowded_out' }, user_id));
  return begun.session;
}
