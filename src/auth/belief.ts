import { ChatError, type CommandRequest, type Member, nameRule, parseUserId } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Identity } from './identity.ts';
import { lesserRole, roleOf } from './policy.ts';
import { newId } from './secrets.ts';

/** Names without a credential: believed where the operator chose so, and only there. */
export interface Belief {
  /**
   * The name and role of an `auth` frame in the older clients' form. Errors: auth_failed outside development
   * mode or from another machine, user_id_required, name_taken.
   */
  believe(auth: CommandRequest<'auth'>, from: { readonly loopback: boolean }): Promise<Identity>;
  /** Somebody who may look on, by any name that is free. Errors: auth_failed, name_taken. */
  letGuestIn(wanted: string | undefined): Promise<Identity>;
  /** The name that a guest has here. Errors: name_taken, auth_failed. */
  guestName(wanted: string | undefined): Promise<string>;
}

export interface BeliefDependencies {
  readonly store: Pick<Store, 'readPerson'>;
  readonly join: (name: string, role: string) => Promise<Member>;
  readonly developmentMode: boolean;
  readonly allowGuest: boolean;
}

/** How to sign in, for those who tried without a credential. */
export const howToSignIn =
  'Sign in by a link (opencode-slack link), or send "method" with a token, an api_key or a session token.';

const guestPrefix = 'guest_';

export function createBelief({ store, join, developmentMode, allowGuest }: BeliefDependencies): Belief {
  async function guestName(wanted: string | undefined): Promise<string> {
    const asked = wanted?.trim() || newId().slice(0, 8);
    const name = parseUserId(asked.toLowerCase().startsWith(guestPrefix) ? asked : guestPrefix + asked);
    if (name === undefined) throw new ChatError('auth_failed', `"guest_id": ${nameRule}`);
    if ((await store.readPerson(name)) !== null) {
      throw new ChatError('name_taken', `"${name}" is a member of the team. Take another name.`);
    }
    return name;
  }

  return {
    guestName,
    async believe(auth, { loopback }) {
      if (!developmentMode) {
        throw new ChatError(
          'auth_failed',
          `This server does not believe names without a credential. ${howToSignIn} ` +
            'Or start the server in development mode (OPENCODE_DEV_MODE=1).',
        );
      }
      if (!loopback) throw new ChatError('auth_failed', 'Development mode works only on the same machine.');
      const asked = auth.user_id ?? (auth.method === 'development' ? 'dev_user' : '');
      if (asked.trim() === '') throw new ChatError('user_id_required');
      const user_id = parseUserId(asked);
      if (user_id === undefined) throw new ChatError('user_id_required', nameRule);
      const role = auth.role?.trim() || (auth.method === 'development' ? 'developer' : 'user');
      // What is believed today is no right tomorrow, when development mode is off.
      const member =
        roleOf(role) === 'system' ? undefined : await join(user_id, lesserRole(roleOf(role), 'developer'));
      const kind = role === 'system' ? 'worker' : 'person';
      return { user_id: member?.name ?? user_id, role, kind, proof: { kind: 'development' } };
    },
    async letGuestIn(wanted) {
      if (!allowGuest) {
        throw new ChatError(
          'auth_failed',
          `This server lets no guests in (OPENCODE_ALLOW_GUEST). ${howToSignIn}`,
        );
      }
      return { user_id: await guestName(wanted), role: 'guest', kind: 'person', proof: { kind: 'guest' } };
    },
  };
}
