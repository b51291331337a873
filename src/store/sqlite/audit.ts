import type { AuditEntry, AuditPage, AuditQuery } from '../../protocol/audit.ts';
import { limits } from '../../protocol/limits.ts';
import type { AuditedOperation, AuditNote, Store } from '../store.ts';
import type { Database } from './database.ts';

const columns = 'at, action, actor, address, device, subject, outcome, detail, count';
/** Too many lines are taken away at every so many new ones. */
const trimEvery = 100;

export function appendAudit(db: Database, note: AuditNote): void {
  const { lastId } = db.run(
    `INSERT INTO audit (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    note.at,
    note.action,
    clip(note.actor),
    clip(note.address),
    clip(note.device),
    clip(note.subject),
    note.outcome,
    clip(note.detail),
    note.count ?? 1,
  );
  if (lastId % trimEvery !== 0) return;
  // Refusals, which anybody can cause, never push out what was done.
  trim(db, 'refused', limits.auditRefusedMax);
  trim(db, 'done', limits.auditDoneMax);
}

/** What an operation did. */
type Result<K extends AuditedOperation> = Awaited<ReturnType<Store[K]>>;

/** What is known of it only when it is done; null: it did nothing. */
const learned: { [K in AuditedOperation]?: (result: Result<K>) => Partial<AuditNote> | null } = {
  redeemLink: (begun) => begun && { actor: begun.session.user_id },
  setPersonRole: ({ name }) => ({ subject: name }),
  removePerson: ({ name, keys }) => ({
    subject: name,
    detail: keys.length === 0 ? null : `with the keys ${keys.join(', ')}`,
  }),
  revokeKey: ({ user_id }) => ({ subject: user_id }),
  revokeToken: ({ user_id }) => ({ subject: user_id }),
  archiveConversation: ({ conversation, changed }) => (changed ? { subject: conversation.title } : null),
  deleteConversation: ({ title }) => ({ subject: title }),
  releaseLocks: (locks) => ({
    subject: [...new Set(locks.map(({ holder }) => holder))].join(', ') || null,
    detail: locks.map(({ path }) => path).join(', ') || 'nothing',
  }),
};

/** Notes what an operation did, if it did something. */
export function noteDone<K extends AuditedOperation>(
  db: Database,
  note: AuditNote,
  operation: K,
  result: Result<K>,
): void {
  const known = learned[operation]?.(result);
  if (known !== null) appendAudit(db, { ...note, ...known });
}

export function readAudit(db: Database, query: AuditQuery): AuditPage {
  const { limit, before = null, action = null, actor = null, outcome = null } = query;
  const entries = db.all<AuditEntry>(
    `SELECT id, ${columns} FROM audit
     WHERE (?1 IS NULL OR id < ?1) AND (?2 IS NULL OR action = ?2)
       AND (?3 IS NULL OR actor = ?3 COLLATE NOCASE) AND (?4 IS NULL OR outcome = ?4)
     ORDER BY id DESC LIMIT ?5`,
    before,
    action,
    actor,
    outcome,
    limit + 1,
  );
  return { entries: entries.slice(0, limit), has_more: entries.length > limit };
}

function trim(db: Database, outcome: AuditEntry['outcome'], keep: number): void {
  db.run(
    `DELETE FROM audit WHERE outcome = ?1 AND id <=
       (SELECT id FROM audit WHERE outcome = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
    outcome,
    keep,
  );
}

function clip(text: string | null): string | null {
  return text?.slice(0, limits.auditFieldCharsMax) ?? null;
}
