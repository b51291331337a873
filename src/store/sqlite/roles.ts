import type { Member } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import type { RoleChange } from '../identity-store.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { isKeyName } from './key-names.ts';
import { changeRole, findMember } from './members.ts';

/** Errors: unknown_member, for an agent and an API key too; last_admin. */
export function setPersonRole(db: Database, journal: JournalWriter, change: RoleChange): Member {
  const { name, role } = change;
  const member = findMember(db, name);
  if (member?.kind !== 'person') throw new ChatError('unknown_member', `No person is called "${name}".`);
  if (isKeyName(db, name)) {
    throw new ChatError('unknown_member', `"${name}" is an API key: revoke it and make one with that role.`);
  }
  if (member.role === 'admin' && role !== 'admin') requireOtherAdmin(db, name);
  return changeRole(db, journal, change);
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
