import { limits } from '../protocol/index.ts';

/** How long the client waits for what, in milliseconds. */
export interface ClientTiming {
  /** Full-jitter backoff between attempts to connect. */
  readonly reconnectBaseMs: number;
  readonly reconnectCeilingMs: number;
  /** A connection that lasted this long counts as good: the next attempt starts at the base again. */
  readonly stableAfterMs: number;
  /** From opening the socket to the answer to sign-in. */
  readonly signInTimeoutMs: number;
  /**
   * Browsers cannot see pings of the protocol, so the client asks by itself whether the server is still
   * there.
   */
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  /** For one request, unless it names its own. The time without a connection counts. */
  readonly requestTimeoutMs: number;
}

export const defaultTiming: ClientTiming = {
  reconnectBaseMs: 250,
  reconnectCeilingMs: 10_000,
  stableAfterMs: 5_000,
  signInTimeoutMs: limits.authTimeoutMs + 5_000,
  pingIntervalMs: limits.pingIntervalMs,
  pongTimeoutMs: limits.pongTimeoutMs,
  requestTimeoutMs: 30_000,
};

export const clientLimits = {
  /** Requests sent and not yet answered; further ones wait here rather than in the server's socket. */
  inFlightRequestsMax: limits.inFlightCommandsMax,
  /** Requests that wait to be sent: offline, or behind those in flight. One more is refused. */
  queuedRequestsMax: 1_000,
  /** Kinds of malformed frames that are reported, each once. */
  reportedKindsMax: 50,
} as const;
