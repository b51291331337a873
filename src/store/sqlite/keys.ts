import { ChatError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { isSameName } from '../../protocol/member-names.ts';
import type { Credential, NewCredential } from '../identity-store.ts';
import { addCredential, credentialColumns, readCredential, toCredential } from './credentials.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { isEnvironmentKeyName, isKeyName } from './key-names.ts';
import { changeRole, demandOwnName, findMember, newName, upsertPerson } from './members.ts';

export function addKey(db: Database, journal: JournalWriter, key: NewCredential): void {
  const { role, created_at: at } = key;
  const name = newName(key.user_id);
  const live = listKeys(db);
  if (live.some((other) => isSameName(other.user_id, name))) {
    throw new ChatError(
      'name_taken',
      `There is a key called "${name}". Revoke it first, or take another name.`,
    );
  }
  if (live.length >= limits.apiKeysMax) {
    throw new ChatError('limit_reached', `There are ${limits.apiKeysMax} keys already. Revoke one first.`);
  }
  const member = findMember(db, name);
  if (isEnvironmentKeyName(name) || (member !== undefined && !isKeyName(db, name))) {
    throw new ChatError('name_taken', `"${name}" is somebody else's. A key needs a name of its own.`);
  }
  if (member === undefined) demandOwnName(db, name);
  db.run(`DELETE FROM credentials WHERE kind = 'key' AND user_id = ? COLLATE NOCASE`, name);
  if (role !== 'system') {
    upsertPerson(db, journal, { name, role, at });
    changeRole(db, journal, { name, role, at });
  }
  addCredential(db, { ...key, user_id: member?.name ?? name });
}

export function readKey(db: Database, id: string): Credential | null {
  const key = readCredential(db, id);
  return key?.kind === 'key' ? key : null;
}

export function listKeys(db: Database): Credential[] {
  return db
    .all<Parameters<typeof toCredential>[0]>(
      `SELECT ${credentialColumns} FROM credentials WHERE kind = 'key' AND revoked_at IS NULL
         ORDER BY created_at DESC, id`,
    )
    .map(toCredential);
}

/** A revoked key stays, so that its name stays a key's. */
export function revokeKey(db: Database, id: string, at: string): Credential {
  const key = readKey(db, id);
  if (key === null || key.revoked_at !== null) {
    throw new ChatError('not_found', `No key has the id "${id}". List them: opencode-slack key list`);
  }
  db.run('UPDATE credentials SET revoked_at = ? WHERE id = ?', at, id);
  return { ...key, revoked_at: at };
}
