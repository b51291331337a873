import type { IncomingMessage } from 'node:http';
import { isLoopbackHost } from '../lib/loopback.ts';

/**
 * What keeps other web pages out of this server (cross-site requests, cross-site WebSockets, DNS rebinding).
 * A request without an Origin is not from a web page's script and is judged by its credential alone.
 */
export interface WebSafety {
  /** A sentence that says why a request is refused, or undefined. */
  refuse(request: Pick<IncomingMessage, 'headers'>): string | undefined;
}

export interface WebSafetySettings {
  /** The host the server listens on. */
  readonly host: string;
  /** Origins besides the server's own that may connect, such as `https://chat.example.org`. */
  readonly allowedOrigins: readonly string[];
  /** Pages on this machine may connect from any port, as the older web client does. */
  readonly developmentMode: boolean;
}

export function createWebSafety({ host, allowedOrigins, developmentMode }: WebSafetySettings): WebSafety {
  const allowedHosts = new Set(allowedOrigins.map((origin) => URL.parse(origin)?.hostname));

  /** Beyond loopback the server may have any name; on loopback a foreign name means DNS rebinding. */
  function knowsHost(name: string): boolean {
    return !isLoopbackHost(host) || isLoopbackHost(name) || allowedHosts.has(name);
  }

  return {
    refuse({ headers }) {
      const requested = URL.parse(`http://${headers.host ?? ''}`);
      if (requested === null || !knowsHost(bare(requested.hostname))) {
        return `This server does not answer to the host name "${headers.host ?? ''}".`;
      }
      const { origin } = headers;
      if (origin === undefined || allowedOrigins.includes(origin)) return undefined;
      const from = URL.parse(origin);
      if (from?.host === requested.host) return undefined;
      if (developmentMode && from !== null && isLoopbackHost(bare(from.hostname))) return undefined;
      return `Pages of ${origin} may not connect. Allow them with OPENCODE_ALLOWED_ORIGINS.`;
    },
  };
}

/** An IPv6 address without its brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Sent with every answer. */
export const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

export const sessionCookie = 'opencode_slack_session';

/** The session token of a request's cookie. */
export function cookieToken(request: Pick<IncomingMessage, 'headers'>): string | undefined {
  for (const pair of request.headers.cookie?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === sessionCookie) return value;
  }
  return undefined;
}
