import { lookalike } from '../../lib/skeleton.ts';
import type { Conversation } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import type { EventScope } from '../../protocol/events.ts';
import { limits } from '../../protocol/limits.ts';
import { isSameName } from '../../protocol/member-names.ts';
import type { ConversationStore, Membership, NewConversation } from '../conversation-store.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { findMember } from './members.ts';
import { demandChannelRoom, demandDirectRoom } from './quotas.ts';

export interface ConversationRow {
  conversation_id: string;
  kind: Conversation['kind'];
  title: string;
  private: number;
  /** Whether everybody is a member, without being listed. */
  everybody: number;
  created_by: string;
  created_at: string;
  archived_at: string | null;
  message_count: number;
  last_message_id: number;
  last_activity: string;
}

const columns = `conversation_id, kind, title, private, everybody, created_by, created_at, archived_at,
  message_count, last_message_id, last_activity`;

export function listRows(db: Database): ConversationRow[] {
  return db.all<ConversationRow>(
    `SELECT ${columns} FROM conversations WHERE deleted_at IS NULL ORDER BY rowid`,
  );
}

/** The members of every conversation that lists them, in the order in which they joined. */
export function listMemberships(db: Database): Map<string, string[]> {
  const members = new Map<string, string[]>();
  const rows = db.all<{ conversation_id: string; member: string }>(
    'SELECT conversation_id, member FROM conversation_members ORDER BY rowid',
  );
  for (const { conversation_id, member } of rows) {
    const known = members.get(conversation_id);
    if (known === undefined) members.set(conversation_id, [member]);
    else known.push(member);
  }
  return members;
}

export function listConversations(db: Database): Conversation[] {
  const members = listMemberships(db);
  return listRows(db).map((row) => toConversation(row, members.get(row.conversation_id) ?? []));
}

export function toConversation(row: ConversationRow, members: string[]): Conversation {
  return {
    conversation_id: row.conversation_id,
    kind: row.kind,
    title: row.title,
    private: row.private === 1,
    members: row.everybody === 1 ? null : members,
    created_by: row.created_by,
    created_at: row.created_at,
    archived_at: row.archived_at,
  };
}

/** Undefined also for one that was deleted. */
export function findConversation(db: Database, id: string): ConversationRow | undefined {
  return db.get<ConversationRow>(
    `SELECT ${columns} FROM conversations WHERE conversation_id = ? AND deleted_at IS NULL`,
    id,
  );
}

/** Errors: archived. */
export function demandOpen({ title, archived_at }: ConversationRow): void {
  if (archived_at === null) return;
  throw new ChatError('archived', `"${title}" is archived: it can only be read. Unarchive it first.`);
}

/** A conversation that a viewer may see; null may see all. Errors: unknown_conversation. */
export function requireConversation(db: Database, id: string, viewer: string | null): ConversationRow {
  const row = findConversation(db, id);
  if (row === undefined || (row.private === 1 && viewer !== null && !isMember(db, id, viewer))) {
    throw new ChatError('unknown_conversation', `There is no conversation "${id}".`);
  }
  return row;
}

export function isMember(db: Database, id: string, member: string): boolean {
  const found = db.get(
    'SELECT 1 FROM conversation_members WHERE conversation_id = ? AND member = ?',
    id,
    member,
  );
  return found !== undefined;
}

/** Who may see what happens in a conversation. */
export function scopeOf(row: Pick<ConversationRow, 'conversation_id' | 'private'>): EventScope | undefined {
  return row.private === 1 ? { conversation_id: row.conversation_id } : undefined;
}

/** The same by the conversation's id. */
export function scopeIn(db: Database, id: string): EventScope | undefined {
  const row = db.get<{ private: number }>('SELECT private FROM conversations WHERE conversation_id = ?', id);
  return row?.private === 1 ? { conversation_id: id } : undefined;
}

export function membersOf(db: Database, id: string): string[] {
  return db
    .all<{ member: string }>(
      'SELECT member FROM conversation_members WHERE conversation_id = ? ORDER BY rowid',
      id,
    )
    .map(({ member }) => member);
}

export function createConversation(
  db: Database,
  journal: JournalWriter,
  asked: NewConversation,
): Conversation {
  const members = namesOf(db, [asked.created_by, ...asked.members]);
  const direct = asked.kind === 'direct';
  const key = direct ? directKey(members) : null;
  const known = key === null ? undefined : findDirect(db, key);
  if (known !== undefined) return toConversation(known, membersOf(db, known.conversation_id));
  if (!direct && !asked.private) demandOwnTitle(db, asked.title);
  if (direct) demandDirectRoom(db, asked.created_by);
  else demandChannelRoom(db, asked.created_by);
  const { conversation_id, kind, created_by, at } = asked;
  db.run(
    `INSERT INTO conversations (conversation_id, kind, title, private, created_by, created_at, direct_key,
       last_activity) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    conversation_id,
    kind,
    direct ? members.join(', ') : asked.title,
    direct || asked.private ? 1 : 0,
    created_by,
    at,
    key,
    at,
  );
  for (const member of members) addMember(db, { conversation_id, member, at });
  return announceConversation(db, journal, conversation_id, at);
}

/** Names as the team has them, each once. Errors: unknown_member, limit_reached. */
function namesOf(db: Database, given: readonly string[]): string[] {
  const names = new Set(given.map((name) => requireMember(db, name)));
  if (names.size > limits.conversationMembersMax) throw tooManyMembers();
  return [...names];
}

function requireMember(db: Database, name: string): string {
  const member = findMember(db, name);
  if (member === undefined) throw new ChatError('unknown_member', `Nobody here is called "${name}".`);
  return member.name;
}

function tooManyMembers(): ChatError {
  return new ChatError(
    'limit_reached',
    `A conversation has at most ${limits.conversationMembersMax} members.`,
  );
}

/** Names hold no line breaks. */
function directKey(members: readonly string[]): string {
  return members
    .map((name) => name.toLowerCase())
    .sort()
    .join('\n');
}

function findDirect(db: Database, key: string): ConversationRow | undefined {
  return db.get<ConversationRow>(`SELECT ${columns} FROM conversations WHERE direct_key = ?`, key);
}

/** Errors: name_taken, when a public channel has the title, or one that looks like it. */
function demandOwnTitle(db: Database, title: string): void {
  const titles = db.all<{ title: string }>(
    `SELECT title FROM conversations WHERE kind = 'channel' AND private = 0 AND deleted_at IS NULL`,
  );
  const like = lookalike(
    title,
    titles.map((row) => row.title),
  );
  if (like === undefined) return;
  throw new ChatError(
    'name_taken',
    isSameName(like, title)
      ? `There is a channel called "${like}" already.`
      : `"${title}" looks like the channel "${like}". Choose another title.`,
  );
}

/** Whoever comes in starts with nothing unread. */
function addMember(db: Database, { conversation_id, member, at }: Membership): void {
  db.run(
    'INSERT INTO conversation_members (conversation_id, member, joined_at) VALUES (?, ?, ?)',
    conversation_id,
    member,
    at,
  );
  db.run(
    `INSERT OR REPLACE INTO reads
       SELECT ?, conversation_id, last_message_id FROM conversations WHERE conversation_id = ?`,
    member,
    conversation_id,
  );
}

export function announceConversation(
  db: Database,
  journal: JournalWriter,
  id: string,
  at: string,
): Conversation {
  const row = requireConversation(db, id, null);
  const conversation = toConversation(row, membersOf(db, id));
  journal.append('conversation_update', conversation, at, scopeOf(row));
  return conversation;
}

export function joinConversation(db: Database, journal: JournalWriter, asked: Membership): Conversation {
  return bringIn(db, journal, asked, requireConversation(db, asked.conversation_id, asked.member));
}

export function inviteToConversation(
  db: Database,
  journal: JournalWriter,
  { by, ...asked }: Parameters<ConversationStore['inviteToConversation']>[0],
): Conversation {
  const row = requireConversation(db, asked.conversation_id, by);
  if (row.kind === 'direct') throw membersStay();
  return bringIn(db, journal, asked, row);
}

function bringIn(
  db: Database,
  journal: JournalWriter,
  asked: Membership,
  row: ConversationRow,
): Conversation {
  const { conversation_id, at } = asked;
  demandOpen(row);
  const member = requireMember(db, asked.member);
  const members = membersOf(db, conversation_id);
  if (row.everybody === 1 || members.includes(member)) return toConversation(row, members);
  if (members.length >= limits.conversationMembersMax) throw tooManyMembers();
  addMember(db, { conversation_id, member, at });
  return announceConversation(db, journal, conversation_id, at);
}

export function leaveConversation(
  db: Database,
  journal: JournalWriter,
  { conversation_id, member, at }: Membership,
): void {
  const row = requireConversation(db, conversation_id, member);
  if (row.everybody === 1) throw new ChatError('forbidden', `Everybody is in "${row.title}".`);
  if (row.kind === 'direct') throw membersStay();
  removeMember(db, journal, row, member, at);
}

function membersStay(): ChatError {
  return new ChatError(
    'forbidden',
    'The members of a direct conversation stay. Create a channel for others.',
  );
}

function removeMember(
  db: Database,
  journal: JournalWriter,
  row: ConversationRow,
  member: string,
  at: string,
): void {
  const { changes } = db.run(
    'DELETE FROM conversation_members WHERE conversation_id = ? AND member = ?',
    row.conversation_id,
    member,
  );
  if (changes === 0) return;
  announceConversation(db, journal, row.conversation_id, at);
  if (row.private === 1)
    journal.append('conversation_left', { conversation_id: row.conversation_id }, at, { member });
}

/** Takes an agent that leaves the team out of all channels. */
export function leaveChannels(db: Database, journal: JournalWriter, member: string, at: string): void {
  for (const row of conversationsOf(db, member)) {
    if (row.kind === 'channel') removeMember(db, journal, row, member, at);
  }
}

/** Takes a person out of all conversations; whoever has the name later begins direct ones anew. */
export function leaveAllConversations(
  db: Database,
  journal: JournalWriter,
  member: string,
  at: string,
): void {
  for (const row of conversationsOf(db, member)) {
    db.run('UPDATE conversations SET direct_key = NULL WHERE conversation_id = ?', row.conversation_id);
    removeMember(db, journal, row, member, at);
  }
}

function conversationsOf(db: Database, member: string): ConversationRow[] {
  return db.all<ConversationRow>(
    `SELECT ${columns} FROM conversations WHERE conversation_id IN
       (SELECT conversation_id FROM conversation_members WHERE member = ?)`,
    member,
  );
}
