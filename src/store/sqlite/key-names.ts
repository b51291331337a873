import { ChatError } from '../../protocol/errors.ts';
import { environmentKeyNames } from '../../protocol/names.ts';
import type { Database } from './database.ts';

const reserved: readonly string[] = Object.values(environmentKeyNames);

export function isEnvironmentKeyName(name: string): boolean {
  return reserved.includes(name.toLowerCase());
}

/** Whether a member is an API key, revoked or not. */
export function isKeyName(db: Database, name: string): boolean {
  if (isEnvironmentKeyName(name)) return true;
  const found = db.get(
    `SELECT 1 FROM credentials WHERE kind = 'key' AND role <> 'system' AND user_id = ? COLLATE NOCASE`,
    name,
  );
  return found !== undefined;
}

/** Errors: name_taken, when it is an API key's. */
export function refuseKeyName(db: Database, name: string): void {
  if (isKeyName(db, name)) throw new ChatError('name_taken', `"${name}" is taken: it is an API key's name.`);
}
