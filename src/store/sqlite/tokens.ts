import type { SignedToken } from '../../protocol/credential-entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { NewToken, ShownToken, TokenRevocation } from '../identity-store.ts';
import type { Database } from './database.ts';

const columns = 'id, user_id, role, made_by, created_at, expires_at, revoked_at';

export function addToken(db: Database, token: NewToken): void {
  insertToken(db, { ...token, revoked_at: null });
}

export function listTokens(db: Database): SignedToken[] {
  return db.all<SignedToken>(`SELECT ${columns} FROM tokens ORDER BY created_at DESC, id`);
}

export function revokeToken(db: Database, revocation: TokenRevocation): SignedToken {
  const { id, made_elsewhere, at, expires_at } = revocation;
  const known = db.get<SignedToken>(`SELECT ${columns} FROM tokens WHERE id = ?`, id);
  if (known !== undefined && known.revoked_at !== null) {
    throw new ChatError('not_found', `The token "${id}" was revoked already.`);
  }
  if (known === undefined && !made_elsewhere) {
    throw new ChatError(
      'not_found',
      `No token with the id "${id}" was made here. See token list, or add --made-elsewhere.`,
    );
  }
  const unknown = { id, user_id: null, role: null, made_by: null, created_at: at, expires_at };
  const revoked = { ...(known ?? unknown), revoked_at: at };
  if (known === undefined) insertToken(db, revoked);
  else db.run('UPDATE tokens SET revoked_at = ? WHERE id = ?', at, id);
  return revoked;
}

export function judgeToken(
  db: Database,
  { id, user_id, signed_at }: ShownToken,
): 'revoked' | 'signed_out' | null {
  if (db.get('SELECT 1 FROM tokens WHERE id = ? AND revoked_at IS NOT NULL', id) !== undefined)
    return 'revoked';
  const refused = db.get('SELECT 1 FROM tokens_refused WHERE name = ? AND before >= ?', user_id, signed_at);
  return refused === undefined ? null : 'signed_out';
}

/** From now on tokens of a name that were signed before an instant let nobody in. */
export function refuseTokens(db: Database, name: string, before: string): void {
  db.run('INSERT OR REPLACE INTO tokens_refused (name, before) VALUES (?, ?)', name, before);
}

/** Ends the tokens that a person made, for whomever. Gives back their ids. */
export function revokeTokensMadeBy(db: Database, name: string, at: string): string[] {
  const revoked = db.all<{ id: string }>(
    'UPDATE tokens SET revoked_at = ? WHERE made_by = ? AND revoked_at IS NULL RETURNING id',
    at,
    name,
  );
  return revoked.map(({ id }) => id);
}

/** Clocks may differ: what has just expired may still be believed, so it is known for some minutes more. */
const knownLongerMs = 10 * 60 * 1000;

/** Forgets what is about tokens that are not believed any more, because they expired or are too old. */
export function removeExpiredTokens(db: Database, now: string): void {
  const ago = (ms: number) => new Date(Date.parse(now) - knownLongerMs - ms).toISOString();
  db.run('DELETE FROM tokens WHERE expires_at < ?', ago(0));
  db.run('DELETE FROM tokens_refused WHERE before < ?', ago(limits.tokenAgeMaxMs));
}

/** Made ones and those only revoked have room of their own: revoking is possible, however many were made. */
function insertToken(db: Database, token: SignedToken): void {
  const max = limits.signedTokensMax;
  const kind = token.user_id === null ? 'IS NULL' : 'IS NOT NULL';
  const known = db.get<{ count: number }>(`SELECT count(*) AS count FROM tokens WHERE user_id ${kind}`);
  if ((known?.count ?? 0) >= max) {
    throw new ChatError(
      'limit_reached',
      `${max} tokens are known that have not expired. Make a key instead.`,
    );
  }
  const { id, user_id, role, made_by, created_at, expires_at, revoked_at } = token;
  db.run(
    `INSERT INTO tokens (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    id,
    user_id,
    role,
    made_by,
    created_at,
    expires_at,
    revoked_at,
  );
}
