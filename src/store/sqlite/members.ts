import { lookalike } from '../../lib/skeleton.ts';
import type { OwnPolicy } from '../../protocol/approval-entities.ts';
import type { AgentState, AgentStatus, Member } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { isSameName, normaliseName, takenText } from '../../protocol/member-names.ts';
import type { ModelWait } from '../../protocol/model-wait.ts';
import { modelWaitSentence } from '../../protocol/model-wait-words.ts';
import { reservedNames } from '../../protocol/names.ts';
import { privateTaskTitle } from '../../protocol/private-task.ts';
import type { PolicyChange } from '../approval-store.ts';
import type { AgentStateChange, NewAgent, NewPerson } from '../store.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';

const columns = 'name, kind, role, smartness, policy, joined_at';

interface MemberRow extends Omit<Member, 'policy'> {
  policy: string | null;
}

function fromRow({ policy, ...member }: MemberRow): Member {
  return policy === null ? member : { ...member, policy: JSON.parse(policy) as OwnPolicy };
}

export function listMembers(db: Database): Member[] {
  return db.all<MemberRow>(`SELECT ${columns} FROM members ORDER BY rowid`).map(fromRow);
}

/** A member by its name in any case and any Unicode form. */
export function findMember(db: Database, name: string): Member | undefined {
  const row = db.get<MemberRow>(`SELECT ${columns} FROM members WHERE name = ?`, name);
  if (row !== undefined) return fromRow(row);
  // SQLite folds the case of ASCII only.
  return isAscii.test(name) ? undefined : listMembers(db).find((member) => isSameName(member.name, name));
}

const isAscii = /^[ -&(-~]*$/;

/** Errors: unknown_agent. */
export function requireAgent(db: Database, name: string): Member {
  const member = findMember(db, name);
  if (member?.kind === 'agent') return member;
  throw new ChatError('unknown_agent', `No agent is called "${name}".`);
}

/** The form in which a new name is kept. */
export function newName(name: string): string {
  return normaliseName(name.normalize('NFKC'));
}

/** Errors: name_taken, when a new name is, or looks like, another's or a word with a meaning here. */
export function demandOwnName(db: Database, name: string): void {
  const taken = [...reservedNames, ...listMembers(db).map((member) => member.name)];
  const like = lookalike(name, taken) ?? lookalike(name.replace(/-bot$/i, ''), taken);
  if (like !== undefined) throw new ChatError('name_taken', takenText(name, like));
}

export function upsertPerson(db: Database, journal: JournalWriter, person: NewPerson): Member {
  const name = newName(person.name);
  const known = findMember(db, person.name) ?? findMember(db, name);
  if (known?.kind === 'agent') {
    throw new ChatError('name_taken', `"${person.name}" is taken: an agent has that name.`);
  }
  if (known !== undefined) return known;
  demandOwnName(db, name);
  const { role, at } = person;
  return join(db, journal, { name, kind: 'person', role, smartness: null, joined_at: at });
}

/** Gives a person that is there another role. */
export function changeRole(db: Database, journal: JournalWriter, { name, role, at }: NewPerson): Member {
  const member = findMember(db, name);
  if (member === undefined) throw new ChatError('unknown_member', `No person is called "${name}".`);
  if (member.role === role) return member;
  const changed = { ...member, role };
  db.run('UPDATE members SET role = ? WHERE name = ?', role, member.name);
  db.run(`UPDATE credentials SET rotation_due = 1 WHERE kind = 'session' AND user_id = ?`, member.name);
  journal.append('member_updated', changed, at);
  return changed;
}

export function hireAgent(db: Database, journal: JournalWriter, agent: NewAgent): Member {
  const { name, role, smartness, policy, state, reason, at } = agent;
  demandOwnName(db, name);
  const team = db.get<{ agents: number }>('SELECT count(*) AS agents FROM agents');
  if ((team?.agents ?? 0) >= limits.agentsMax) {
    throw new ChatError('too_many_agents', `A team has at most ${limits.agentsMax} agents. Fire one first.`);
  }
  const own = policy === undefined ? {} : { policy };
  const member = join(db, journal, { name, kind: 'agent', role, smartness, ...own, joined_at: at });
  db.run(
    'INSERT INTO agents (name, state, reason, last_activity) VALUES (?, ?, ?, ?)',
    name,
    state,
    reason,
    at,
  );
  announceStatus(db, journal, name, at);
  return member;
}

/** Sets what an agent may do without asking. */
export function setAgentPolicy(db: Database, journal: JournalWriter, change: PolicyChange): void {
  const { policy: _, ...member } = requireAgent(db, change.name);
  const isOwn = Object.keys(change.policy).length > 0;
  const policy = isOwn ? JSON.stringify(change.policy) : null;
  db.run('UPDATE members SET policy = ? WHERE name = ?', policy, member.name);
  journal.append('member_updated', isOwn ? { ...member, policy: change.policy } : member, change.at);
}

/** Takes an agent off the team. Its tasks must have ended before. */
export function removeAgent(db: Database, journal: JournalWriter, name: string, at: string): void {
  db.run('DELETE FROM agents WHERE name = ?', name);
  removeMember(db, journal, name, at);
}

export function removeMember(db: Database, journal: JournalWriter, name: string, at: string): void {
  db.run('DELETE FROM members WHERE name = ?', name);
  journal.append('member_left', { name }, at);
}

function join(db: Database, journal: JournalWriter, member: Member): Member {
  const { name, kind, role, smartness, policy, joined_at } = member;
  db.run(
    `INSERT INTO members (${columns}) VALUES (?, ?, ?, ?, ?, ?)`,
    ...[name, kind, role, smartness, policy === undefined ? null : JSON.stringify(policy), joined_at],
  );
  if (kind === 'person') {
    // What was said before is not new to a newcomer.
    db.run(
      `INSERT OR REPLACE INTO reads
         SELECT ?, conversation_id, last_message_id FROM conversations WHERE everybody = 1`,
      name,
    );
  }
  journal.append('member_joined', member, joined_at);
  return member;
}

interface StatusRow {
  agent_name: string;
  role: string;
  status: AgentState;
  reason: string | null;
  last_activity: string;
  queued_tasks: number;
  task_id: string | null;
  description: string | null;
  progress: number | null;
  indeterminate: number | null;
  model_wait: string | null;
}

/** The task an agent is at: the one it began last, if more than one is running. */
const atTask = `SELECT number FROM tasks WHERE agent_name = agents.name AND ended_at IS NULL
  AND status IN ('working', 'waiting', 'stuck', 'stopping') ORDER BY started_at DESC, number DESC LIMIT 1`;

const statusQuery = `
  SELECT agents.name AS agent_name, members.role, agents.state AS status, agents.reason, agents.last_activity,
    (SELECT count(*) FROM tasks WHERE agent_name = agents.name AND ended_at IS NULL AND status = 'assigned')
      AS queued_tasks,
    tasks.task_id, iif(conversations.private, '${privateTaskTitle}', tasks.description)
      AS description, tasks.progress, tasks.indeterminate, tasks.model_wait
  FROM agents JOIN members ON members.name = agents.name LEFT JOIN tasks ON tasks.number = (${atTask})
    LEFT JOIN conversations ON conversations.conversation_id = tasks.conversation_id`;

export function listAgentStatuses(db: Database): AgentStatus[] {
  return db.all<StatusRow>(`${statusQuery} ORDER BY members.rowid`).map(toStatus);
}

/** The event that tells how an agent is now. Nothing for an agent that left. */
export function announceStatus(db: Database, journal: JournalWriter, name: string, at: string): void {
  const row = db.get<StatusRow>(`${statusQuery} WHERE agents.name = ?`, name);
  if (row !== undefined) journal.append('agent_status_update', toStatus(row), at);
}

function toStatus(row: StatusRow): AgentStatus {
  const isWaiting = row.status === 'working' && row.model_wait !== null;
  const model_wait = isWaiting ? (JSON.parse(row.model_wait ?? '') as ModelWait) : null;
  const inWords = model_wait && modelWaitSentence(model_wait, Date.parse(row.last_activity));
  return {
    agent_name: row.agent_name,
    role: row.role,
    status: row.status,
    current_task: row.description,
    progress: row.progress ?? (row.status === 'completed' ? 100 : 0),
    indeterminate: row.indeterminate === 1,
    last_activity: row.last_activity,
    session_id: row.task_id,
    queued_tasks: row.queued_tasks,
    reason: inWords ?? row.reason,
    model_wait,
    connected_users: [],
  };
}

export function setAgentStates(db: Database, journal: JournalWriter, change: AgentStateChange): void {
  const { to, reason, at } = change;
  for (const agent of db.all<{ name: string; state: AgentState; reason: string | null }>(
    'SELECT name, state, reason FROM agents ORDER BY rowid',
  )) {
    const same = agent.state === to && agent.reason === reason;
    if (same || !change.from.includes(agent.state)) continue;
    setAgentState(db, agent.name, to, reason, at);
    announceStatus(db, journal, agent.name, at);
  }
}

export function setAgentState(
  db: Database,
  name: string,
  state: AgentState,
  reason: string | null,
  at: string,
): void {
  db.run(
    'UPDATE agents SET state = ?, reason = ?, last_activity = ? WHERE name = ?',
    state,
    reason,
    at,
    name,
  );
}

/** Notes that an agent did something. */
export function touchAgent(db: Database, name: string, at: string): void {
  db.run('UPDATE agents SET last_activity = ? WHERE name = ?', at, name);
}

/** The id of the task an agent is at. */
export function currentTaskId(db: Database, name: string): string | undefined {
  return db.get<{ task_id: string }>(
    `SELECT task_id FROM tasks, agents WHERE agents.name = ? AND number = (${atTask})`,
    name,
  )?.task_id;
}
