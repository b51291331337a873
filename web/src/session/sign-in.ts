import { z } from 'zod';
import type { Self } from '../state/app-state.ts';
import { askServer } from './ask-server.ts';
import { forgetPageSecret, keepPageSecret } from './page-secret.ts';
import type { Refusal } from './session-end.ts';

const Me = z.object({ user_id: z.string(), role: z.string() });
const Entry = Me.extend({ page_secret: z.string() });

export type SignIn =
  | { readonly kind: 'signed_in'; readonly self: Self }
  | ({ readonly kind: 'signed_out' } & Refusal);

/**
 * The one-time code of a sign-in link, or of what somebody pasted: a whole link, its fragment, or the code
 * itself.
 */
export function codeIn(text: string): string | null {
  const fragment = /[#&]code=([^&\s]+)/.exec(text)?.[1];
  if (fragment) return decodeURIComponent(fragment);
  const bare = text.trim().replace(/^code=/, '');
  return /^[\w.~-]{4,200}$/.test(bare) ? bare : null;
}

/** Whether an address' fragment holds a code. */
export function hasCode(fragment: string): boolean {
  return /[#&]code=/.test(fragment);
}

/** Takes the code out of the address bar at once, so that it stays in no history, bookmark or screenshot. */
export function takeCodeFromAddress(): string | null {
  const { hash, pathname, search } = window.location;
  if (!hasCode(hash)) return null;
  window.history.replaceState(null, '', pathname + search);
  return codeIn(hash);
}

export async function exchangeCode(code: string): Promise<SignIn> {
  const response = await askServer('POST', 'auth/exchange', { code });
  if (!response.ok) return { kind: 'signed_out', ...(await readRefusal(response)) };
  const { page_secret, ...self } = Entry.parse(await response.json());
  keepPageSecret(page_secret);
  return { kind: 'signed_in', self };
}

/** Who this browser is signed in as. */
export async function whoAmI(): Promise<SignIn> {
  const response = await askServer('GET', 'auth/me');
  if (response.ok) return { kind: 'signed_in', self: Me.parse(await response.json()) };
  return { kind: 'signed_out', ...(await readRefusal(response)) };
}

/** Rejects when the server could not be asked, or refused. */
export async function signOut(): Promise<void> {
  // Without its page secret the cookie counts no more, also when the server does not answer.
  const asked = askServer('POST', 'auth/logout', {}).finally(forgetPageSecret);
  const response = await asked.catch(() => {
    throw new Error('the server does not answer. Try again.');
  });
  if (!response.ok && response.status !== 401) throw new Error((await readRefusal(response)).reason ?? '');
}

async function readRefusal(response: Response): Promise<Refusal> {
  const body = (await response.json().catch(() => null)) as { error?: unknown; code?: unknown } | null;
  return {
    code: typeof body?.code === 'string' ? body.code : null,
    reason: typeof body?.error === 'string' ? body.error : `The server answered ${response.status}.`,
  };
}
