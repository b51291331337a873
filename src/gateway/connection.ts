import type { Identity } from '../auth/identity.ts';
import type { Origin } from '../auth/sign-in.ts';
import type { Peer } from '../guard/peer.ts';
import type { CloseReason } from '../protocol/index.ts';

/** What the request that began a connection bears, for its sign-in. */
export type Bearing = Pick<Origin, 'cookieToken' | 'pageSecret' | 'bearer'>;

/** One end of a transport's connection, as the gateway sees it. */
export interface Link {
  readonly peer: Peer;
  /**
   * Writes bytes that the transport's `encode` made, and more of them along with those. The transport closes
   * a peer that reads too slowly.
   */
  write(bytes: Uint8Array, more?: Uint8Array): void;
  /** Resolves when the peer has taken what was written, or is gone. */
  drained(): Promise<void>;
  close(reason: CloseReason): void;
  /** The peer has signed in. */
  signedIn(): void;
  /**
   * Stops and goes on reading from the peer: back pressure on a peer that asks faster than it can be served.
   */
  pause(): void;
  resume(): void;
}

/** How far a connection is. Each state has only the fields that exist in it. */
export type ConnectionState =
  | {
      readonly kind: 'new';
      readonly timer: NodeJS.Timeout;
      readonly bearing: Bearing;
      frames: number;
      bytes: number;
    }
  | { readonly kind: 'signing-in'; readonly timer: NodeJS.Timeout }
  | {
      readonly kind: 'signed-in';
      identity: Identity;
      /** Agents whose status it follows; "*" for all. */
      followed: ReadonlySet<string>;
      /** Frames of its own that go out with the next flush, after what everybody gets. */
      readonly outbox: string[];
      /** It subscribed to an agent as older clients do. */
      isOlder: boolean;
      workerId: string | undefined;
      inFlight: number;
      /** When the frames that came so far were counted against the limits. */
      counted: Promise<unknown>;
    }
  | { readonly kind: 'closed' };

export interface Connection {
  readonly link: Link;
  state: ConnectionState;
}

export type SignedInConnection = Connection & { state: Extract<ConnectionState, { kind: 'signed-in' }> };

export function isSignedIn(connection: Connection): connection is SignedInConnection {
  return connection.state.kind === 'signed-in';
}

const nobody: ReadonlySet<string> = new Set();

/** Agents to follow, "*" for all; most connections follow none, and share the set that says so. */
export function followedAgents(names: readonly string[] = []): ReadonlySet<string> {
  return names.length === 0 ? nobody : new Set(names);
}
