import type { Memberships } from '../chat/visibility.ts';
import { type EphemeralEvent, type EventScope, encodeFrame } from '../protocol/index.ts';
import { type Announcement, isFor, type JournalAnnouncement } from './announcement.ts';
import { isSignedIn, type SignedInConnection } from './connection.ts';

/**
 * Brings events to connections: each event is encoded once, all frames that wait for the same audience become
 * one piece of bytes, and each socket gets one write.
 *
 * A write costs far more than the bytes in it, so what comes in quick succession goes together: after a
 * delivery of several events, the next one waits as long as that one took, and while something is about to be
 * committed, for that. A room that is small or quiet waits for nothing; a large one that is busy leaves half
 * of the time to everything else.
 */
export interface FanOut {
  /** The position up to which events were announced. A newcomer gets what comes after. */
  position(): number;
  /**
   * From now on it gets what is announced, after `welcome`: bytes that many may share. Before, only what is
   * sent to itself.
   */
  add(connection: SignedInConnection, welcome: Uint8Array): void;
  /** Gives back whether it had been added. */
  remove(connection: SignedInConnection): boolean;
  connections(): Iterable<SignedInConnection>;
  publish(announcements: readonly JournalAnnouncement[]): void;
  /** An event of the moment, to everybody within its scope but one connection. */
  announce(event: EphemeralEvent, except?: SignedInConnection, scope?: EventScope): void;
  /** The same, to those who listen as older clients do. */
  announceToOlder(event: EphemeralEvent, scope: EventScope | undefined): void;
  /** A frame for one connection, after everything announced to it so far. */
  send(connection: SignedInConnection, frame: string): void;
  /**
   * The same for a frame that tells how things are: it goes out at once, so that it is before everything
   * announced later, too. What came after it would else be undone by it.
   */
  tell(connection: SignedInConnection, frame: string): void;
  /** Writes out now what was sent to one connection alone. */
  writeOut(connection: SignedInConnection): void;
  /** Writes out now what waits. */
  flush(): void;
}

/** What waits, with its place among all that does. */
interface Waiting extends Announcement {
  readonly order: number;
}

/** Who came since the last flush, or was told how things are. */
interface Ahead {
  /** What is to be written before anything announced. */
  readonly welcome: Uint8Array;
  /** How much of what waits it has: it was told it, or it is in the state that a newcomer loads. */
  readonly heard: number;
}

const nothing = new Uint8Array();

/** The longest wait between deliveries, however long they take. */
const gatherMsMax = 25;
/** Of the time it took: after one event alone there is little to gather, and the next should not wait. */
const restAfterOne = 0.25;
/** The longest wait for a commit, in times of what a delivery takes: one less of them is worth that. */
const holdMax = 4;
const timerMsMin = 1;

export interface FanOutDependencies {
  /** Frames as the transport's bytes. */
  readonly encode: (frames: readonly string[]) => Uint8Array;
  /** Up to here events were announced before. */
  readonly position: number;
  readonly memberships: Memberships;
  /** Whether something is being committed, whose events come next. */
  readonly isCommitting: () => boolean;
}

export function createFanOut(dependencies: FanOutDependencies): FanOut {
  const { encode, memberships, isCommitting } = dependencies;
  const connections = new Set<SignedInConnection>();
  const withOutbox = new Set<SignedInConnection>();
  const ahead = new Map<SignedInConnection, Ahead>();
  let waiting: Waiting[] = [];
  let position = dependencies.position;
  let scheduled = false;
  let restUntilMs = 0;
  let holdMs = 0;
  /** Set while a delivery waits for a commit. */
  let held: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flushWhenRested);
  }

  function flushWhenRested(): void {
    const restMs = waiting.length === 0 ? 0 : restUntilMs - performance.now();
    if (restMs > 0) setTimeout(flushWhenCommitted, restMs);
    else flushWhenCommitted();
  }

  function flushWhenCommitted(): void {
    if (waiting.length > 0 && holdMs >= timerMsMin && isCommitting()) held = setTimeout(flush, holdMs);
    else flush();
  }

  function committed(): void {
    if (held === undefined) return;
    clearTimeout(held);
    held = undefined;
    setImmediate(flush);
  }

  function flush(): void {
    scheduled = false;
    clearTimeout(held);
    held = undefined;
    for (const [connection, { welcome }] of ahead) if (welcome.length > 0) begin(connection, welcome);
    if (waiting.length > 0) {
      const startedMs = performance.now();
      const announcements = waiting;
      waiting = [];
      deliver(announcements);
      const endedMs = performance.now();
      const tookMs = endedMs - startedMs;
      const rest = announcements.length === 1 ? restAfterOne : 1;
      restUntilMs = endedMs + Math.min(tookMs * rest, gatherMsMax);
      holdMs = Math.min(tookMs * holdMax, gatherMsMax);
    }
    ahead.clear();
    for (const connection of withOutbox) writeOut(connection);
  }

  function begin(connection: SignedInConnection, welcome: Uint8Array): void {
    writeOut(connection);
    if (welcome.length > 0) connection.link.write(welcome);
  }

  function writeOut(connection: SignedInConnection): void {
    if (withOutbox.delete(connection)) connection.link.write(takeOutbox(connection));
  }

  function deliver(announcements: readonly Waiting[]): void {
    const bytesFor = createAudiences(announcements, encode, memberships);
    for (const connection of connections) {
      const heard = ahead.size === 0 ? 0 : (ahead.get(connection)?.heard ?? 0);
      const bytes = heard === 0 ? bytesFor(connection) : bytesForOne(connection, announcements.slice(heard));
      if (bytes === undefined) continue;
      const owes = connection.state.outbox.length > 0 && withOutbox.delete(connection);
      connection.link.write(bytes, owes ? takeOutbox(connection) : undefined);
    }
  }

  function bytesForOne(connection: SignedInConnection, announcements: readonly Waiting[]) {
    const due = mine(connection, announcements);
    return due.length === 0 ? undefined : encode(due.map(({ frame }) => frame));
  }

  function mine(connection: SignedInConnection, announcements: readonly Waiting[]): readonly Waiting[] {
    return announcements.filter((announcement) => isFor(announcement, connection, memberships));
  }

  function takeOutbox(connection: SignedInConnection): Uint8Array {
    return encode(connection.state.outbox.splice(0));
  }

  function announce({ frame, agent, scope, except, forOlder }: Announcement): void {
    waiting.push({ frame, agent, scope, except, forOlder, order: waiting.length });
    schedule();
  }

  return {
    position: () => position,
    add(connection, welcome) {
      ahead.set(connection, { welcome, heard: waiting.length });
      connections.add(connection);
      schedule();
    },
    remove(connection) {
      withOutbox.delete(connection);
      ahead.delete(connection);
      return connections.delete(connection);
    },
    connections: () => connections,
    publish(announcements) {
      for (const announcement of announcements) announce(announcement);
      position = announcements.at(-1)?.position ?? position;
      committed();
    },
    announce: (event, except, scope) => announce({ frame: encodeFrame(event), except, scope }),
    announceToOlder: (event, scope) => announce({ frame: encodeFrame(event), scope, forOlder: true }),
    send(connection, frame) {
      if (!isSignedIn(connection)) return;
      connection.state.outbox.push(frame);
      withOutbox.add(connection);
      schedule();
    },
    tell(connection, frame) {
      if (!isSignedIn(connection)) return;
      const { welcome, heard } = ahead.get(connection) ?? { welcome: nothing, heard: 0 };
      begin(connection, welcome);
      const due = connections.has(connection) ? mine(connection, waiting.slice(heard)) : [];
      connection.link.write(encode([...due.map((announcement) => announcement.frame), frame]));
      if (waiting.length > 0) ahead.set(connection, { welcome: nothing, heard: waiting.length });
      else ahead.delete(connection);
    },
    writeOut,
    flush,
  };
}

/** The bytes for each connection; those who get the same frames share them. */
function createAudiences(
  announcements: readonly Waiting[],
  encode: (frames: readonly string[]) => Uint8Array,
  memberships: Memberships,
): (connection: SignedInConnection) => Uint8Array | undefined {
  const { shared, own } = splitByMember(announcements);
  const forSome = shared.filter(
    ({ except, agent, scope, forOlder }) =>
      except !== undefined || agent !== undefined || scope !== undefined || forOlder,
  );
  const audiences = new Map<string, Audience>();
  const bytesOf = (frames: readonly Waiting[]) =>
    frames.length === 0 ? undefined : encode(frames.map(({ frame }) => frame));

  if (forSome.length === 0 && own.size === 0) {
    const bytes = bytesOf(shared);
    return () => bytes;
  }

  function audienceOf(connection: SignedInConnection): Audience {
    const isMine = (announcement: Waiting) => isFor(announcement, connection, memberships);
    const key = forSome.map((announcement) => (isMine(announcement) ? '1' : '0')).join('');
    let audience = audiences.get(key);
    if (audience === undefined) {
      audience = { frames: shared.filter(isMine), bytes: null };
      audiences.set(key, audience);
    }
    return audience;
  }

  return (connection) => {
    const audience = audienceOf(connection);
    const mine =
      own.size === 0
        ? []
        : (own.get(connection.state.identity.user_id.toLowerCase()) ?? []).filter((announcement) =>
            isFor(announcement, connection, memberships),
          );
    if (mine.length > 0) return bytesOf([...audience.frames, ...mine].sort((a, b) => a.order - b.order));
    if (audience.bytes === null) audience.bytes = bytesOf(audience.frames);
    return audience.bytes;
  };
}

/** Connections that get the same; their bytes are made when the first of them is reached. */
interface Audience {
  readonly frames: readonly Waiting[];
  bytes: Uint8Array | undefined | null;
}

/**
 * Sets apart what is for one member only, by that member's name in lower case: when many members read at
 * once, not every connection is asked about every one of them.
 */
function splitByMember(announcements: readonly Waiting[]) {
  const own = new Map<string, Waiting[]>();
  const shared = announcements.filter((announcement) => {
    const name = announcement.scope?.member?.toLowerCase();
    if (name === undefined) return true;
    const known = own.get(name);
    if (known === undefined) own.set(name, [announcement]);
    else known.push(announcement);
    return false;
  });
  return { shared, own };
}
