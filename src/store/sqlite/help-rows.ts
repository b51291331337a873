import type { HelpCard, HelpQuery, HelpRequest } from '../../protocol/help.ts';
import { limits } from '../../protocol/limits.ts';
import type { Recovery } from '../../protocol/monitoring.ts';
import type { VisibleTo } from '../visible.ts';
import type { Database } from './database.ts';
import { visibleTo } from './visible.ts';

export interface HelpRow {
  readonly message_id: number;
  readonly thread_id: number | null;
  readonly card: HelpCard;
}

interface StoredRow {
  help_request_id: number;
  message_id: number;
  thread_id: number | null;
  card: string;
}

const select = `SELECT help_request_id, message_id, card,
  (SELECT thread_id FROM messages WHERE id = help_requests.message_id) AS thread_id FROM help_requests`;

export function findHelp(db: Database, helpRequestId: number): HelpRow | undefined {
  const row = db.get<StoredRow>(`${select} WHERE help_request_id = ?`, helpRequestId);
  return row && fromRow(row);
}

export function readHelpRequest(db: Database, helpRequestId: number): HelpRequest | null {
  const row = findHelp(db, helpRequestId);
  return row === undefined ? null : toHelpRequest(row);
}

/** What a task needs help with now. */
export function openHelpOf(db: Database, taskId: string): HelpRow | undefined {
  const row = db.get<StoredRow>(`${select} WHERE task_id = ? AND status = 'open'`, taskId);
  return row && fromRow(row);
}

export function countHelp(db: Database, taskId: string): number {
  const row = db.get<{ count: number }>(
    'SELECT count(*) AS count FROM help_requests WHERE task_id = ?',
    taskId,
  );
  return row?.count ?? 0;
}

export function listHelpRequests(db: Database, query: HelpQuery & VisibleTo): HelpRequest[] {
  const { status, limit, before = null, viewer = null } = query;
  const which = status === 'open' ? `status = 'open' AND` : '';
  return db
    .all<StoredRow>(
      `${select} WHERE ${which} (?1 IS NULL OR help_request_id < ?1)
         AND ${visibleTo("card ->> '$.conversation_id'", '?2')} ORDER BY help_request_id DESC LIMIT ?3`,
      before,
      viewer,
      limit,
    )
    .map((row) => toHelpRequest(fromRow(row)));
}

/** Keeps a new request, before the message that shows it is said; of too many the oldest go. */
export function insertHelp(db: Database, card: Omit<HelpCard, 'help_request_id'>): HelpCard {
  const { lastId } = db.run(
    'INSERT INTO help_requests (task_id, status, message_id, card) VALUES (?, ?, 0, ?)',
    ...[card.task_id, card.status, JSON.stringify(card)],
  );
  db.run(
    `DELETE FROM help_requests WHERE help_request_id <= ? AND status <> 'open'`,
    lastId - limits.helpRequestsKeptMax,
  );
  return { ...card, help_request_id: lastId };
}

export function setHelpMessage(db: Database, helpRequestId: number, messageId: number): void {
  db.run('UPDATE help_requests SET message_id = ? WHERE help_request_id = ?', messageId, helpRequestId);
}

/** Writes what became of it, also where its message shows it. */
export function updateHelp(db: Database, { card, message_id }: HelpRow): void {
  const json = JSON.stringify(card);
  const { help_request_id, status } = card;
  db.run(
    'UPDATE help_requests SET status = ?, card = ? WHERE help_request_id = ?',
    ...[status, json, help_request_id],
  );
  db.run(
    `UPDATE messages SET metadata = json_set(metadata, '$.help', json(?)) WHERE id = ? AND deleted = 0`,
    json,
    message_id,
  );
}

export function toHelpRequest({ card, message_id, thread_id }: HelpRow): HelpRequest {
  return { ...card, message_id, thread_id };
}

function fromRow({ help_request_id, card, ...row }: StoredRow): HelpRow {
  return { ...row, card: { ...(JSON.parse(card) as HelpCard), help_request_id } };
}

/** Keeps what was done about an agent; of too much the oldest goes. */
export function insertRecovery(db: Database, recovery: Omit<Recovery, 'recovery_id'>): Recovery {
  const { lastId } = db.run(
    'INSERT INTO recoveries (agent_name, recovery) VALUES (?, ?)',
    ...[recovery.agent_name, JSON.stringify(recovery)],
  );
  db.run('DELETE FROM recoveries WHERE recovery_id <= ?', lastId - limits.recoveriesMax);
  return { recovery_id: lastId, ...recovery };
}

export function listRecoveries(db: Database, limit: number, agent: string | null = null): Recovery[] {
  return db
    .all<{ recovery_id: number; recovery: string }>(
      `SELECT recovery_id, recovery FROM recoveries WHERE ? IS NULL OR agent_name = ?
         ORDER BY recovery_id DESC LIMIT ?`,
      ...[agent, agent, limit],
    )
    .map(({ recovery_id, recovery }) => ({ ...(JSON.parse(recovery) as Recovery), recovery_id }));
}
