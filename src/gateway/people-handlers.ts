import type { People } from '../auth/people.ts';
import type { peopleCommands } from '../protocol/index.ts';
import { actorOf, type Handlers } from './handler.ts';

/** Answers what an admin does about people. */
export function peopleHandlers({ people }: { people: People }): Pick<Handlers, keyof typeof peopleCommands> {
  return {
    set_role: {
      run: async (connection, { name, role }) => ({
        member: await people.setRole(name, role, actorOf(connection)),
      }),
    },
    remove_person: { run: (connection, { name }) => people.remove(name, actorOf(connection)) },
  };
}
