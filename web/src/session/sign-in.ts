import { serverUrl } from '../lib/server-url.ts';
import type { Self } from '../state/app-state.ts';
import type { Refusal } from './session-end.ts';

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
  const response = await post('auth/exchange', { code });
  if (response.ok) return { kind: 'signed_in', self: await readSelf(response) };
  return { kind: 'signed_out', ...(await readRefusal(response)) };
}

/** Who this browser is signed in as. */
export async function whoAmI(): Promise<SignIn> {
  const response = await fetch(serverUrl('auth/me'), { credentials: 'same-origin', cache: 'no-store' });
  if (response.ok) return { kind: 'signed_in', self: await readSelf(response) };
  return { kind: 'signed_out', ...(await readRefusal(response)) };
}

/** Rejects when the server could not be asked, or refused. */
export async function signOut(): Promise<void> {
  const response = await post('auth/logout', {}).catch(() => {
    throw new Error('the server does not answer. Try again.');
  });
  if (!response.ok && response.status !== 401) throw new Error((await readRefusal(response)).reason ?? '');
}

function post(path: string, body: unknown): Promise<Response> {
  return fetch(serverUrl(path), {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function readSelf(response: Response): Promise<Self> {
  const { user_id, role } = (await response.json()) as Partial<Self>;
  if (typeof user_id !== 'string' || typeof role !== 'string') throw new Error('The server sent no name.');
  return { user_id, role };
}

async function readRefusal(response: Response): Promise<Refusal> {
  const body = (await response.json().catch(() => null)) as { error?: unknown; code?: unknown } | null;
  return {
    code: typeof body?.code === 'string' ? body.code : null,
    reason: typeof body?.error === 'string' ? body.error : `The server answered ${response.status}.`,
  };
}
