import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

type Request = Pick<IncomingMessage, 'headers'>;

/**
 * The name of the browser's cookie. Cookies do not know ports, so two servers under one host name need names
 * that differ: also those in containers, which have the same port inside, and what is a copy of another.
 */
export function sessionCookieName(publicUrl: string, databaseId: string): string {
  const hash = createHash('sha256')
    .update(`${new URL(publicUrl).origin}\n${databaseId}`)
    .digest('hex');
  return `opencode_slack_${hash.slice(0, 16)}`;
}

/** The name that earlier versions gave it. */
export function formerCookieName(port: number): string {
  return `opencode_slack_${port}`;
}

/** The session token of a request's cookie. */
export function cookieToken({ headers }: Request, cookieName: string): string | undefined {
  for (const pair of headers.cookie?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === cookieName) return value;
  }
  return undefined;
}

/** The header that brings the page secret: without it, the cookie of a browser counts for nothing. */
export const pageSecretHeader = 'x-page-secret';

export function pageSecretOf({ headers }: Request): string | undefined {
  const value = headers[pageSecretHeader];
  return typeof value === 'string' ? value : undefined;
}

/** What a request's Authorization header bears. */
export function bearerOf({ headers }: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** A browser's name and system in few words, for the list of devices. */
export function deviceName(userAgent: string | undefined): string {
  if (userAgent === undefined || userAgent === '') return 'unknown device';
  const browser = browsers.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = systems.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (browser === undefined) return userAgent;
  return system === undefined ? browser : `${browser} on ${system}`;
}

/** The first that fits: many browsers name others too. */
const browsers = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Chrome'],
  [/\bChrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const;
const systems = [
  [/\bAndroid\b/, 'Android'],
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
] as const;
