import { z } from 'zod';
import type { PersonRole } from '../../../src/protocol/index.ts';
import { serverUrl } from '../lib/server-url.ts';

const Made = z.object({ link: z.string(), telegram_link: z.string().nullable(), expires_at: z.string() });

/** A link that signs one browser in, once. */
export interface SignInLink extends z.infer<typeof Made> {
  /** It works on the server's own machine only. */
  readonly isLocal: boolean;
}

/** Makes a link for somebody; the role counts for newcomers alone. Rejects with the server's reason. */
export function inviteByLink(user_id: string, role: PersonRole | undefined): Promise<SignInLink> {
  return makeLink('auth/links', { user_id, ...(role === undefined ? {} : { role }) });
}

/** Makes a link for oneself. */
export const linkForMe = (): Promise<SignInLink> => makeLink('auth/links/own', {});

async function makeLink(path: string, asked: object): Promise<SignInLink> {
  const response = await fetch(serverUrl(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const { error } = z.object({ error: z.string() }).catch({ error: '' }).parse(body);
    throw new Error(error || `The server answered ${response.status}.`);
  }
  const made = Made.parse(body);
  const link = linkFrom(made.link, window.location.href);
  return { ...made, link, isLocal: isLoopback(new URL(link).hostname) };
}

/**
 * The link as others can open it: a server that was told no public address names its own machine, while this
 * page has an address by which it is reached from elsewhere.
 */
export function linkFrom(link: string, pageAddress: string): string {
  const { hash, hostname } = new URL(link);
  const page = new URL(pageAddress);
  return isLoopback(hostname) && !isLoopback(page.hostname) ? `${page.origin}${page.pathname}${hash}` : link;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
