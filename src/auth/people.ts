import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { Member, PersonRemoval, PersonRole } from '../protocol/index.ts';
import { doneBy } from '../store/notes.ts';
import type { Actor, Store } from '../store/store.ts';
import type { Endings } from './endings.ts';
import { endedError } from './session-endings.ts';

/** What an admin does about people. */
export interface People {
  /** Gives a person another role. Errors: unknown_member, last_admin. */
  setRole(name: string, role: PersonRole, by: Actor): Promise<Member>;
  /**
   * Takes a person off the team, and ends what the person comes in by. Errors: unknown_member, last_admin.
   */
  remove(name: string, by: Actor): Promise<PersonRemoval>;
}

export function createPeople(store: Store, endings: Endings, clock: Clock): People {
  return {
    async setRole(name, role, by) {
      const at = isoTime(clock);
      const note = doneBy(by, 'role_changed', at, { detail: role });
      return store.audited(note, 'setPersonRole', { name, role, at });
    },
    async remove(asked, by) {
      const at = isoTime(clock);
      const note = doneBy(by, 'person_removed', at);
      const { name, ended, keys } = await store.audited(note, 'removePerson', {
        name: asked,
        by: by.actor,
        at,
      });
      endings.tell(ended, endedError({ reason: 'removed', by: by.actor, at }, name));
      return { name, keys: [...keys] };
    },
  };
}
