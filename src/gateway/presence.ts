import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { EphemeralEvent } from '../protocol/index.ts';
import { encodeFrame, limits } from '../protocol/index.ts';
import type { SignedInConnection } from './connection.ts';
import type { FanOut } from './fan-out.ts';

/** Who is here. It counts people, not sockets: a second device changes nothing for the others. */
export interface Presence {
  connected(): string[];
  /**
   * Tells the newcomer that it is here itself, then who else is (not more than `limits.presentPeopleToldMax`;
   * get_members has all), and the others that a new person is.
   */
  enter(connection: SignedInConnection): void;
  leave(connection: SignedInConnection): void;
  /** Tells everybody, if that person is here. */
  changeRole(userId: string, role: string): void;
}

export function createPresence(fanOut: FanOut, clock: Clock): Presence {
  /** With the frame that tells a newcomer of each, so that it is encoded once. */
  const people = new Map<string, { devices: number; role: string; frame: string }>();

  const status = (userId: string, role: string | null): EphemeralEvent => ({
    type: 'user_status',
    data: {
      user_id: userId,
      status: role === null ? 'disconnected' : 'connected',
      role,
      timestamp: isoTime(clock),
    },
  });

  return {
    connected: () => [...people.keys()],
    enter(connection) {
      const { user_id, role, kind } = connection.state.identity;
      if (kind === 'person') {
        const present = people.get(user_id);
        const event = status(user_id, role);
        people.set(user_id, { devices: (present?.devices ?? 0) + 1, role, frame: encodeFrame(event) });
        if (present === undefined) fanOut.announce(event);
        else fanOut.send(connection, encodeFrame(event));
      }
      let told = 1;
      for (const [name, { frame }] of people) {
        if (name === user_id) continue;
        if (told === limits.presentPeopleToldMax) break;
        told += 1;
        fanOut.send(connection, frame);
      }
    },
    leave(connection) {
      const { user_id, kind } = connection.state.identity;
      const present = people.get(user_id);
      if (kind !== 'person' || present === undefined) return;
      if (present.devices > 1) {
        people.set(user_id, { ...present, devices: present.devices - 1 });
        return;
      }
      people.delete(user_id);
      fanOut.announce(status(user_id, null));
    },
    changeRole(userId, role) {
      const present = people.get(userId);
      if (present === undefined) return;
      const event = status(userId, role);
      people.set(userId, { ...present, role, frame: encodeFrame(event) });
      fanOut.announce(event);
    },
  };
}
