import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { EphemeralEvent } from '../protocol/index.ts';
import { encodeFrame } from '../protocol/index.ts';
import type { SignedInConnection } from './connection.ts';
import type { FanOut } from './fan-out.ts';

/** Who is here. It counts people, not sockets: a second device changes nothing for the others. */
export interface Presence {
  connected(): string[];
  /** Tells the newcomer who is here, and the others that a new person is. */
  enter(connection: SignedInConnection): void;
  leave(connection: SignedInConnection): void;
}

export function createPresence(fanOut: FanOut, clock: Clock): Presence {
  const people = new Map<string, { role: string; devices: number }>();

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
        people.set(user_id, { role, devices: (present?.devices ?? 0) + 1 });
        if (present === undefined) fanOut.announce(status(user_id, role), connection);
      }
      for (const [name, person] of people) fanOut.send(connection, encodeFrame(status(name, person.role)));
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
  };
}
