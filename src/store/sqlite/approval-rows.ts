import type { Approval, ApprovalCard } from '../../protocol/approval-entities.ts';
import type { ApprovalQuery } from '../../protocol/index.ts';
import { limits } from '../../protocol/limits.ts';
import type { VisibleTo } from '../visible.ts';
import type { Database } from './database.ts';
import { visibleTo } from './visible.ts';

export interface ApprovalRow {
  readonly message_id: number;
  readonly thread_id: number | null;
  readonly scope: string;
  readonly card: ApprovalCard;
}

interface StoredRow {
  approval_id: number;
  message_id: number;
  thread_id: number | null;
  scope: string;
  card: string;
}

const select = `SELECT approval_id, message_id, scope, card,
  (SELECT thread_id FROM messages WHERE id = approvals.message_id) AS thread_id FROM approvals`;

export function findApproval(db: Database, approvalId: number): ApprovalRow | undefined {
  const row = db.get<StoredRow>(`${select} WHERE approval_id = ?`, approvalId);
  return row && fromRow(row);
}

export function readApproval(db: Database, approvalId: number): Approval | null {
  const row = findApproval(db, approvalId);
  return row === undefined ? null : toApproval(row);
}

export function findAsked(db: Database, taskId: string, callId: string): ApprovalRow | undefined {
  const row = db.get<StoredRow>(`${select} WHERE task_id = ? AND call_id = ?`, taskId, callId);
  return row && fromRow(row);
}

/** What somebody allowed always in a task. */
export function findAlways(db: Database, taskId: string, scope: string): ApprovalRow | undefined {
  const row = db.get<StoredRow>(
    `${select} WHERE task_id = ? AND scope = ? AND status = 'allowed' AND card ->> '$.answer' = 'always'`,
    taskId,
    scope,
  );
  return row && fromRow(row);
}

/** The oldest first. */
export function pendingApprovals(db: Database): ApprovalRow[] {
  return db.all<StoredRow>(`${select} WHERE status = 'pending' ORDER BY approval_id`).map(fromRow);
}

export function pendingOf(db: Database, taskId: string): ApprovalRow[] {
  return pendingApprovals(db).filter(({ card }) => card.task_id === taskId);
}

export function listApprovals(db: Database, query: ApprovalQuery & VisibleTo): Approval[] {
  const { status, limit, before = null, viewer = null } = query;
  const which = status === 'pending' ? `status = 'pending' AND` : '';
  return db
    .all<StoredRow>(
      `${select} WHERE ${which} (?1 IS NULL OR approval_id < ?1)
         AND ${visibleTo("card ->> '$.conversation_id'", '?2')} ORDER BY approval_id DESC LIMIT ?3`,
      before,
      viewer,
      limit,
    )
    .map((row) => toApproval(fromRow(row)));
}

/** Keeps a new approval, before the message that shows it is said; of too many the oldest go. */
export function insertApproval(
  db: Database,
  card: Omit<ApprovalCard, 'approval_id'>,
  { call_id, scope }: { call_id: string; scope: string },
): ApprovalCard {
  const { lastId } = db.run(
    `INSERT INTO approvals (task_id, call_id, scope, status, message_id, card) VALUES (?, ?, ?, ?, 0, ?)`,
    ...[card.task_id, call_id, scope, card.status, JSON.stringify(card)],
  );
  db.run(
    `DELETE FROM approvals WHERE approval_id <= ? AND status <> 'pending'`,
    lastId - limits.approvalsKeptMax,
  );
  return { ...card, approval_id: lastId };
}

export function setMessage(db: Database, approvalId: number, messageId: number): void {
  db.run('UPDATE approvals SET message_id = ? WHERE approval_id = ?', messageId, approvalId);
}

/** Writes what became of it, also where its message shows it. */
export function updateApproval(db: Database, { card, message_id }: ApprovalRow): void {
  const json = JSON.stringify(card);
  const { approval_id, status } = card;
  db.run('UPDATE approvals SET status = ?, card = ? WHERE approval_id = ?', status, json, approval_id);
  db.run(
    `UPDATE messages SET metadata = json_set(metadata, '$.approval', json(?)) WHERE id = ? AND deleted = 0`,
    json,
    message_id,
  );
}

export function toApproval({ card, message_id, thread_id }: ApprovalRow): Approval {
  return { ...card, message_id, thread_id };
}

function fromRow({ approval_id, card, ...row }: StoredRow): ApprovalRow {
  return { ...row, card: { ...(JSON.parse(card) as ApprovalCard), approval_id } };
}
