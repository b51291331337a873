import { type Action, actions, ChatError, type Role, roles } from '../protocol/index.ts';
import type { Identity } from './identity.ts';

/**
 * The policy: what each role may do. Everything that lets somebody do something asks `may` or `demand`.
 * Of the roles of people each may do all that the next one may. Nobody reads private conversations without
 * being in them but workers, whose agents work there.
 */
export const policy: Readonly<Record<Action, readonly Role[]>> = {
  read: ['admin', 'developer', 'analyst', 'viewer', 'guest', 'agent', 'system'],
  follow: ['admin', 'developer', 'analyst', 'viewer'],
  post: ['admin', 'developer', 'analyst', 'agent'],
  assign: ['admin', 'developer', 'analyst', 'agent'],
  stop: ['admin', 'developer', 'analyst'],
  approve: ['admin', 'developer'],
  hire: ['admin', 'developer'],
  lock: ['admin', 'developer', 'agent', 'system'],
  force_release: ['admin'],
  moderate: ['admin'],
  end_channels: ['admin'],
  invite: ['admin'],
  switch_transport: ['admin'],
  manage_keys: ['admin'],
  manage_sessions: ['admin'],
  manage_roles: ['admin'],
  read_audit: ['admin'],
  manage_system: ['admin'],
  read_private: ['system'],
  work: ['system'],
};

/**
 * The role whose rights a role in words has. Older clients call themselves "user" and expect to take part;
 * a word that is no role may only look on.
 */
export function roleOf(word: string): Role {
  if (word === 'user') return 'developer';
  return roles.find((role) => role === word) ?? 'viewer';
}

/** The role with fewer rights of two. */
export function lesserRole(one: Role, other: Role): Role {
  return roles.indexOf(one) > roles.indexOf(other) ? one : other;
}

/** Whether an identity may do something. */
export function may({ role }: Pick<Identity, 'role'>, action: Action): boolean {
  return policy[action].includes(roleOf(role));
}

/** Throws `forbidden`, naming the role and who may, when an identity may not do something. */
export function demand(identity: Pick<Identity, 'role'>, action: Action): void {
  if (may(identity, action)) return;
  const whoMay = policy[action].filter((role) => role !== 'system');
  const ask = whoMay.length === 0 ? '' : ` Allowed: ${whoMay.join(', ')}.`;
  throw new ChatError(
    'forbidden',
    `Your role "${identity.role}" is not allowed to ${actions[action]}.${ask}`,
  );
}

/** All that a role may do. */
export function permissionsOf(role: string): Action[] {
  return (Object.keys(policy) as Action[]).filter((action) => may({ role }, action));
}
