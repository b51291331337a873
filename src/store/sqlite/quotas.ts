import { ChatError, type ErrorCode } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Database } from './database.ts';

/**
 * How much of what all share one member can take. Each quota is far below the total, so that a member who
 * takes all it can leaves room for the others.
 */

/** Errors: limit_reached, when a member would have more channels, or all would. */
export function demandChannelRoom(db: Database, member: string): void {
  const open = `FROM conversations WHERE kind = 'channel' AND everybody = 0
    AND archived_at IS NULL AND deleted_at IS NULL`;
  const own = count(db, `${open} AND created_by = ? COLLATE NOCASE`, member);
  demand(own, limits.channelsPerMemberMax, `${member} has made`, 'channels. Archive or delete one first.');
  const all = count(db, open);
  demand(all, limits.channelsMax, 'There are', 'channels. Archive or delete one first.');
}

/** Errors: limit_reached, when a member would have made too many archived channels. */
export function demandArchiveRoom(db: Database, member: string): void {
  const archived = `FROM conversations WHERE kind = 'channel'
    AND archived_at IS NOT NULL AND deleted_at IS NULL`;
  const own = count(db, `${archived} AND created_by = ? COLLATE NOCASE`, member);
  const rest = 'archived channels. Delete some of them first.';
  demand(own, limits.archivedChannelsPerMemberMax, `${member} has made`, rest);
}

/** Errors: limit_reached. */
export function demandDirectRoom(db: Database, member: string): void {
  const direct = `FROM conversations WHERE kind = 'direct'`;
  const own = count(db, `${direct} AND created_by = ? COLLATE NOCASE`, member);
  const instead = 'direct conversations. Use one of them, or a channel.';
  demand(own, limits.directsPerMemberMax, `${member} has opened`, instead);
  demand(count(db, direct), limits.directsMax, 'There are', instead);
}

/** Errors: queue_full, when an agent's line is full, or one asker has its part of it, or of all lines. */
export function demandPlaceInLine(db: Database, agent: string, asker: string): void {
  const waiting = `FROM tasks WHERE ended_at IS NULL AND status = 'assigned'`;
  const by = 'requested_by = ? COLLATE NOCASE';
  const ofAgent = `${waiting} AND agent_name = ?`;
  const most = limits.queuedTasksPerAgentMax;
  demand(count(db, ofAgent, agent), most, `${agent} has`, 'tasks waiting already.', 'queue_full');
  const own = `tasks of ${asker} waiting already. Stop one, or ask another agent.`;
  const ofBoth = count(db, `${ofAgent} AND ${by}`, agent, asker);
  demand(ofBoth, limits.queuedTasksPerAskerAndAgentMax, `${agent} has`, own, 'queue_full');
  const ofAsker = count(db, `${waiting} AND ${by}`, asker);
  const wait = 'tasks waiting already, with all agents together. Stop one, or wait for one to end.';
  demand(ofAsker, limits.queuedTasksPerAskerMax, `${asker} has`, wait, 'queue_full');
}

/** Errors: limit_reached, when too much that an agent, or the tasks of one asker, ask for is unanswered. */
export function demandApprovalRoom(db: Database, agent: string, asker: string): void {
  const pending = `FROM approvals JOIN tasks USING (task_id) WHERE approvals.status = 'pending'`;
  const ofAgent = count(db, `${pending} AND agent_name = ?`, agent);
  demand(ofAgent, limits.approvalsPerAgentMax, `${agent} waits for`, 'answers already. Answer some first.');
  const ofAsker = count(db, `${pending} AND requested_by = ? COLLATE NOCASE`, asker);
  const waits = `Tasks of ${asker} wait for`;
  demand(ofAsker, limits.approvalsPerAskerMax, waits, 'answers already. Answer some first.');
}

function demand(
  has: number,
  max: number,
  who: string,
  rest: string,
  code: ErrorCode = 'limit_reached',
): void {
  if (has >= max) throw new ChatError(code, `${who} ${max.toLocaleString('en')} ${rest}`);
}

function count(db: Database, from: string, ...values: string[]): number {
  return db.get<{ count: number }>(`SELECT count(*) AS count ${from}`, ...values)?.count ?? 0;
}
