import type { EphemeralEvent, JournalEvent } from '../protocol/index.ts';
import { encodeFrame } from '../protocol/index.ts';
import type { SignedInConnection } from './connection.ts';

/**
 * Brings events to connections: each event is encoded once, all frames of one turn of the event loop that go
 * to the same audience become one piece of bytes, and each socket gets one write.
 */
export interface FanOut {
  /** The position up to which events were announced. A newcomer gets what comes after. */
  position(): number;
  add(connection: SignedInConnection): void;
  remove(connection: SignedInConnection): void;
  connections(): Iterable<SignedInConnection>;
  publish(events: readonly JournalEvent[]): void;
  /** An event of the moment, to everybody but one connection. */
  announce(event: EphemeralEvent, except?: SignedInConnection): void;
  /** A frame for one connection, after everything announced to it so far. */
  send(connection: SignedInConnection, frame: string): void;
  /** Writes out now what waits. */
  flush(): void;
}

export function createFanOut(
  encode: (frames: readonly string[]) => Uint8Array,
  startPosition: number,
): FanOut {
  const connections = new Set<SignedInConnection>();
  const withOutbox = new Set<SignedInConnection>();
  let toAll: string[] = [];
  let position = startPosition;
  let scheduled = false;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  function send(connection: SignedInConnection, frame: string): void {
    connection.state.outbox.push(frame);
    withOutbox.add(connection);
    schedule();
  }

  function flush(): void {
    scheduled = false;
    if (toAll.length > 0) {
      const bytes = encode(toAll);
      toAll = [];
      for (const { link } of connections) link.write(bytes);
    }
    for (const connection of withOutbox) {
      const frames = connection.state.outbox?.splice(0) ?? [];
      if (connections.has(connection) && frames.length > 0) connection.link.write(encode(frames));
    }
    withOutbox.clear();
  }

  function toFollowers(agent: string, frame: string): void {
    for (const connection of connections) {
      const { followed } = connection.state;
      if (followed.has('*') || followed.has(agent)) send(connection, frame);
    }
  }

  return {
    position: () => position,
    add(connection) {
      // What waits was announced before it came: it is in the state that the newcomer loads.
      flush();
      connections.add(connection);
    },
    remove(connection) {
      connections.delete(connection);
      withOutbox.delete(connection);
    },
    connections: () => connections,
    publish(events) {
      for (const event of events) {
        position = event.position;
        const frame = encodeFrame(event);
        if (event.type === 'agent_status_update') toFollowers(event.data.agent_name, frame);
        else toAll.push(frame);
      }
      schedule();
    },
    announce(event, except) {
      const frame = encodeFrame(event);
      if (except === undefined) {
        toAll.push(frame);
        schedule();
        return;
      }
      for (const connection of connections) if (connection !== except) send(connection, frame);
    },
    send,
    flush,
  };
}
