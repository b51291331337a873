import type { TestContext } from 'node:test';
import type { RunningApp } from '../../src/app.ts';
import { signToken } from '../../src/auth/tokens.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Role } from '../../src/protocol/index.ts';
import { type RawClient, rawClient } from './raw-client.ts';

/** Ways in, for tests of who may do what. */

/** Long enough for other algorithms of the family as well, so that only our choice keeps those out. */
export const secretKey = 'a key of a test, which is long enough to be one, for HS384 and HS512 as well';

const hourMs = 60 * 60 * 1000;

export const tokenFor = (user_id: string, role: Role, lifetimeMs = hourMs, id: string | null = null) =>
  signToken(secretKey, { id, user_id, role }, lifetimeMs, systemClock);

/** Asks by REST. */
export async function ask(
  app: RunningApp,
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
) {
  const response = await fetch(`${app.httpUrl}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown> & { code?: string; error?: string };
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  return { status: response.status, answer, cookie };
}

export const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });

/** The headers of a browser that is signed in. */
export type BrowserHeaders = { readonly cookie: string; readonly 'x-page-secret': string };

/** Redeems a link in a browser, and gives back what it sends from then on. */
export async function redeem(
  app: RunningApp,
  link: string,
  headers: Record<string, string> = {},
): Promise<BrowserHeaders> {
  const code = new URL(link).hash.replace('#code=', '');
  const { cookie, answer } = await ask(app, 'POST', '/auth/exchange', { body: { code }, headers });
  if (cookie === undefined) throw new Error('The link gave no cookie.');
  return { cookie, 'x-page-secret': String(answer.page_secret) };
}

/** A browser of somebody, by a link that the owner's browser made. */
export async function invite(app: RunningApp, owner: BrowserHeaders, user_id: string, role?: string) {
  const made = await ask(app, 'POST', '/auth/links', { body: { user_id, role }, headers: owner });
  return redeem(app, String(made.answer.link));
}

/** Connects to the server's own port with headers, and sends an auth frame. */
export async function enter(
  t: TestContext,
  app: RunningApp,
  auth: object,
  headers: Record<string, string> = {},
): Promise<RawClient> {
  const client = await rawClient(t, `${app.httpUrl.replace('http', 'ws')}/ws`, headers);
  client.send({ type: 'auth', ...auth });
  return client;
}

/** What the audit log has of requests that are none, by detail. */
export async function malformed(app: RunningApp): Promise<string[]> {
  const headers = await redeem(app, app.signInLink);
  const { answer } = await ask(app, 'GET', '/audit?action=malformed_request', { headers });
  return (answer.entries as { detail: string }[]).map(({ detail }) => detail);
}
