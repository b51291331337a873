import { ChatError } from '../protocol/index.ts';
import type { Identity } from './identity.ts';

/** What can be allowed or refused. */
export type Action = 'read' | 'post' | 'assign' | 'hire' | 'invite' | 'moderate' | 'work';

/** Roles of people that may only look on. Workers may only work. */
const readOnlyRoles: ReadonlySet<string> = new Set(['viewer', 'guest']);

/** Whether an identity may do something. */
export function may(identity: Identity, action: Action): boolean {
  if (identity.kind === 'worker') return action === 'work' || action === 'read';
  switch (action) {
    case 'read':
      return true;
    case 'work':
      return false;
    case 'invite':
    case 'moderate':
      return identity.role === 'admin';
    case 'post':
    case 'assign':
    case 'hire':
      return !readOnlyRoles.has(identity.role);
  }
}

/** Throws `forbidden`, naming the role, when an identity may not do something. */
export function demand(identity: Identity, action: Action): void {
  if (may(identity, action)) return;
  throw new ChatError('forbidden', `Your role "${identity.role}" is not allowed to ${describe[action]}.`);
}

const describe: Readonly<Record<Action, string>> = {
  read: 'read here',
  post: 'post messages',
  assign: 'assign or stop tasks',
  hire: 'hire or fire agents',
  invite: 'make sign-in links',
  moderate: "read former texts or delete others' messages",
  work: 'work as a worker',
};
