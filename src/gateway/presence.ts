import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { EphemeralEvent } from '../protocol/index.ts';
import { encodeFrame, limits } from '../protocol/index.ts';
import type { SignedInConnection } from './connection.ts';
import type { FanOut } from './fan-out.ts';

/** Who is here. It counts people, not sockets: a second device changes nothing for the others. */
export interface Presence {
  present(): PresentPerson[];
  /** A person did something, on any device. */
  heard(connection: SignedInConnection, isMessage: boolean): void;
  /**
   * Tells the newcomer that it is here itself, and those who hear what is announced that a new person is.
   * Gives back what tells the newcomer who else is here (not more than `limits.presentPeopleToldMax`;
   * get_members has all): bytes that it may share with others.
   */
  enter(connection: SignedInConnection): Uint8Array;
  leave(connection: SignedInConnection): void;
  /** Tells everybody, if that person is here. */
  changeRole(userId: string, role: string): void;
}

/** Somebody who is here, in the older REST words. */
export interface PresentPerson {
  readonly user_id: string;
  readonly role: string;
  readonly connected_at: string;
  readonly last_activity: string;
  /** Said since then, on all devices. */
  readonly message_count: number;
}

/** A person who is here. */
interface Presentee {
  devices: number;
  role: string;
  /** What tells a newcomer of this person, so that it is encoded once. */
  frame: string;
  readonly since: number;
  last: number;
  messages: number;
}

/** A newcomer is one of the people that it is told of. */
const othersToldMax = limits.presentPeopleToldMax - 1;

export interface PresenceDependencies {
  readonly fanOut: Pick<FanOut, 'send' | 'announce'>;
  readonly encode: (frames: readonly string[]) => Uint8Array;
  readonly clock: Clock;
}

export function createPresence({ fanOut, encode, clock }: PresenceDependencies): Presence {
  /** Who came first is first. */
  const people = new Map<string, Presentee>();
  /** Whom newcomers are told of, and that in bytes: when thousands come, it is the same for most of them. */
  let told: { readonly names: ReadonlySet<string>; bytes: Uint8Array | undefined } | undefined;

  const status = (userId: string, role: string | null): EphemeralEvent => ({
    type: 'user_status',
    data: {
      user_id: userId,
      status: role === null ? 'disconnected' : 'connected',
      role,
      timestamp: isoTime(clock),
    },
  });

  function bytesOfOthers(userId: string): Uint8Array {
    told ??= { names: new Set(people.keys().take(othersToldMax)), bytes: undefined };
    if (told.names.has(userId)) return encode(framesOfOthers(userId));
    told.bytes ??= encode(framesOfOthers(userId));
    return told.bytes;
  }

  function framesOfOthers(userId: string): string[] {
    const frames: string[] = [];
    for (const [name, { frame }] of people) {
      if (frames.length === othersToldMax) break;
      if (name !== userId) frames.push(frame);
    }
    return frames;
  }

  /** Somebody came, left or is another now: what newcomers are told of that person is made anew. */
  function changed(userId: string): void {
    if (told === undefined) return;
    if (told.names.has(userId) || told.names.size < othersToldMax) told = undefined;
  }

  return {
    present: () =>
      [...people].map(([user_id, { role, since, last, messages }]) => ({
        user_id,
        role,
        connected_at: new Date(since).toISOString(),
        last_activity: new Date(last).toISOString(),
        message_count: messages,
      })),
    heard({ state }, isMessage) {
      const person = people.get(state.identity.user_id);
      if (person === undefined) return;
      person.last = clock.now();
      if (isMessage) person.messages += 1;
    },
    enter(connection) {
      const { user_id, role, kind } = connection.state.identity;
      if (kind === 'person') {
        const present = people.get(user_id);
        const event = status(user_id, role);
        const frame = encodeFrame(event);
        const now = clock.now();
        const person = present ?? { devices: 0, role, frame, since: now, last: now, messages: 0 };
        Object.assign(person, { devices: person.devices + 1, role, frame });
        people.set(user_id, person);
        changed(user_id);
        if (present === undefined) fanOut.announce(event);
        fanOut.send(connection, frame);
      }
      return bytesOfOthers(user_id);
    },
    leave(connection) {
      const { user_id, kind } = connection.state.identity;
      const present = people.get(user_id);
      if (kind !== 'person' || present === undefined) return;
      present.devices -= 1;
      if (present.devices > 0) return;
      people.delete(user_id);
      changed(user_id);
      fanOut.announce(status(user_id, null));
    },
    changeRole(userId, role) {
      const present = people.get(userId);
      if (present === undefined) return;
      const event = status(userId, role);
      Object.assign(present, { role, frame: encodeFrame(event) });
      changed(userId);
      fanOut.announce(event);
    },
  };
}
