import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopbackHost } from '../lib/loopback.ts';
import { pageSecretHeader } from './credentials.ts';

/**
 * What keeps other web pages out of this server (cross-site requests, cross-site WebSockets, DNS rebinding).
 * A request without an Origin is not from a web page's script and is judged by its credential alone.
 */
export interface WebSafety {
  /** A sentence that says why a request is refused, or undefined. */
  refuse(request: WebRequest): string | undefined;
  /** Lets the pages of allowed origins read the answer; nothing for all others. */
  corsHeaders(request: WebRequest): Readonly<Record<string, string>>;
}

type WebRequest = Pick<IncomingMessage, 'headers' | 'method'>;

export interface WebSafetySettings {
  /** The host the server listens on. */
  readonly host: string;
  /** Names besides its own that the server answers to, such as `chat.example.org`. */
  readonly allowedHosts: readonly string[];
  /** Origins besides the server's own that may connect, such as `https://chat.example.org`. */
  readonly allowedOrigins: readonly string[];
  /** Pages on this machine may connect from any port, as the older web client does. */
  readonly developmentMode: boolean;
}

export function createWebSafety(settings: WebSafetySettings): WebSafety {
  const { host, allowedOrigins, developmentMode } = settings;
  const allowedHosts = new Set([
    host.toLowerCase(),
    ...settings.allowedHosts.map((name) => name.toLowerCase()),
    ...allowedOrigins.map((origin) => URL.parse(origin)?.hostname),
  ]);
  const reachable = !isLoopbackHost(host);

  /**
   * DNS rebinding needs a name that its owner can point here: an address is none, and neither is a name
   * without a dot, as machines have in a network of their own.
   */
  function knowsHost(name: string): boolean {
    if (isLoopbackHost(name) || allowedHosts.has(name)) return true;
    return reachable && (isIP(name) !== 0 || !name.includes('.'));
  }

  /** Whether pages of another origin than the server's own may connect. */
  function allows(origin: string): boolean {
    if (allowedOrigins.includes(origin)) return true;
    const from = URL.parse(origin);
    return developmentMode && from !== null && isLoopbackHost(bare(from.hostname));
  }

  return {
    refuse({ headers, method }) {
      // Every browser names a host, so DNS rebinding is none of this: probes and old programs leave it out.
      const isHostless = (headers.host ?? '') === '' && headers.origin === undefined;
      if (isHostless && isSafe(method)) return undefined;
      const requested = URL.parse(`http://${headers.host ?? ''}`);
      if (requested === null || !knowsHost(bare(requested.hostname))) {
        return (
          `This server does not answer to the host name "${headers.host ?? ''}". ` +
          'Allow it with OPENCODE_ALLOWED_HOSTS.'
        );
      }
      const { origin } = headers;
      if (origin === undefined) {
        // A browser that sends no Origin with a form still says where the form stood.
        const crossSite = headers['sec-fetch-site'] === 'cross-site' && !isSafe(method);
        return crossSite ? 'Forms of other sites may not do anything here.' : undefined;
      }
      if (URL.parse(origin)?.host === requested.host || allows(origin)) return undefined;
      return `Pages of ${origin} may not connect. Allow them with OPENCODE_ALLOWED_ORIGINS.`;
    },
    corsHeaders({ headers }): Record<string, string> {
      const { origin } = headers;
      if (origin === undefined || !allows(origin)) return {};
      return {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': `authorization, content-type, ${pageSecretHeader}`,
        'access-control-max-age': '600',
        vary: 'origin',
      };
    },
  };
}

function isSafe(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** An IPv6 address without its brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Sent with every answer. */
export const securityHeaders = {
  // Nothing that stands in the page itself is believed, styles neither.
  'content-security-policy':
    "default-src 'self'; script-src 'self'; script-src-attr 'none'; style-src 'self'; " +
    "img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; " +
    "frame-ancestors 'none'",
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;
