import { z } from 'zod';
import { Member, UserId } from './entities.ts';
import { PersonRole } from './roles.ts';

/** What somebody did not keep who was removed. */
export const PersonRemoval = z.object({
  name: z.string(),
  keys: z.array(z.string()).describe('The API keys that the person made, which ended too'),
});
export type PersonRemoval = z.infer<typeof PersonRemoval>;

/** What an admin does about people. */
export const peopleCommands = {
  set_role: {
    doc: 'Give a person another role, which counts at once. The last admin stays one.',
    needs: 'manage_roles',
    request: z.object({ name: UserId, role: PersonRole }),
    replyType: null,
    reply: z.object({ member: Member }),
  },
  remove_person: {
    doc:
      'Take a person off the team: everything that signs them in ends at once, also the API keys that they ' +
      'made. What they said stays, under their name. The last admin stays.',
    needs: 'manage_roles',
    request: z.object({ name: UserId }),
    replyType: null,
    reply: PersonRemoval,
  },
} as const;
