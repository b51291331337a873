import { environmentKeyNames, type Role } from '../protocol/index.ts';
import type { Identity } from './identity.ts';
import { hashSecret, isSecret } from './secrets.ts';

/** An API key that the operator set by an environment variable. It counts while the server runs with it. */
export interface EnvironmentKey {
  readonly name: string;
  readonly role: Role;
  readonly hash: string;
}

/** Shorter keys can be guessed. */
export const environmentKeyCharsMin = 16;

export function readEnvironmentKeys(set: {
  readonly apiKey: string | undefined;
  readonly adminKey: string | undefined;
}): EnvironmentKey[] {
  const keys: EnvironmentKey[] = [];
  const { developer, admin } = environmentKeyNames;
  if (set.apiKey !== undefined)
    keys.push({ name: developer, role: 'developer', hash: hashSecret(set.apiKey) });
  if (set.adminKey !== undefined) keys.push({ name: admin, role: 'admin', hash: hashSecret(set.adminKey) });
  return keys;
}

/** Who has a secret, if it is one of these keys. */
export function identityOfEnvironmentKey(keys: readonly EnvironmentKey[], secret: string): Identity | null {
  const key = keys.find(({ hash }) => isSecret(secret, hash));
  if (key === undefined) return null;
  return { user_id: key.name, role: key.role, kind: 'person', proof: { kind: 'environment' } };
}
