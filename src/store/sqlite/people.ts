import type { Member } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import type { PersonRemoval, RemovedPerson, RoleChange } from '../identity-store.ts';
import { leaveAllConversations } from './conversations.ts';
import { endCredentialsOf } from './credentials.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { isKeyName } from './key-names.ts';
import { endMemberLocks } from './lock-line.ts';
import { changeRole, findMember, removeMember } from './members.ts';
import { refuseTokens, revokeTokensMadeBy } from './tokens.ts';

export function setPersonRole(db: Database, journal: JournalWriter, change: RoleChange): Member {
  const member = requirePerson(db, change.name);
  if (member.role === 'admin' && change.role !== 'admin') requireOtherAdmin(db, member.name);
  return changeRole(db, journal, change);
}

/** Whoever gets the name later is somebody else: nothing that was private is left to it. */
export function removePerson(
  db: Database,
  journal: JournalWriter,
  { name: asked, by, at }: PersonRemoval,
): RemovedPerson {
  const { name, role } = requirePerson(db, asked);
  if (role === 'admin') requireOtherAdmin(db, name);
  const { ended, keys } = endCredentialsOf(db, { name, by, at });
  const tokens = revokeTokensMadeBy(db, name, at);
  refuseTokens(db, name, at);
  endMemberLocks(db, journal, name, 'removed', at);
  leaveAllConversations(db, journal, name, at);
  for (const table of ['reads', 'follows', 'mentions']) db.run(`DELETE FROM ${table} WHERE member = ?`, name);
  removeMember(db, journal, name, at);
  return { name, ended: [...ended, ...tokens], keys };
}

/** Errors: unknown_member, for an agent and an API key too. */
function requirePerson(db: Database, name: string): Member {
  const member = findMember(db, name);
  if (member?.kind !== 'person') throw new ChatError('unknown_member', `No person is called "${name}".`);
  if (isKeyName(db, name)) {
    throw new ChatError(
      'unknown_member',
      `"${name}" is an API key: revoke it, or make one with another role.`,
    );
  }
  return member;
}

function requireOtherAdmin(db: Database, name: string): void {
  const others = db
    .all<{ name: string }>(
      `SELECT name FROM members WHERE kind = 'person' AND role = 'admin' AND name <> ?`,
      name,
    )
    .filter((admin) => !isKeyName(db, admin.name));
  if (others.length === 0) throw new ChatError('last_admin');
}
