import type { Reaction } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { ConversationStore, MessageSwitch } from '../conversation-store.ts';
import { demandOpen, scopeOf } from './conversations.ts';
import type { Database } from './database.ts';
import type { JournalWriter } from './journal.ts';
import { requireMessage, requirePlace } from './message-rows.ts';
import { announceFollow } from './threads.ts';

/** What members put on messages: reactions, pins, and whether they follow a thread. */

export function react(
  db: Database,
  journal: JournalWriter,
  { message_id, by, emoji, on, at }: Parameters<ConversationStore['react']>[0],
): void {
  const { row, conversation } = requireMessage(db, message_id, by);
  demandOpen(conversation);
  const reactions = JSON.parse(row.reactions) as Reaction[];
  const same = (name: string) => name.toLowerCase() === by.toLowerCase();
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (on === (known?.members.some(same) ?? false)) return;
  if (known === undefined) {
    if (reactions.length >= limits.reactionsPerMessageMax) {
      throw new ChatError(
        'limit_reached',
        `A message takes at most ${limits.reactionsPerMessageMax} different reactions.`,
      );
    }
    const own = reactions.filter(({ members }) => members.some(same)).length;
    if (own >= limits.reactionsPerMemberAndMessageMax) {
      throw new ChatError(
        'limit_reached',
        `You have put ${own} different reactions on this message. Take one back first.`,
      );
    }
    reactions.push({ emoji, members: [by] });
  } else {
    known.members = on ? [...known.members, by] : known.members.filter((name) => !same(name));
  }
  const left = reactions.filter(({ members }) => members.length > 0);
  db.run('UPDATE messages SET reactions = ? WHERE id = ?', JSON.stringify(left), message_id);
  const { conversation_id } = row;
  const update = { message_id, conversation_id, emoji, member: by, on };
  journal.append('reaction_update', update, at, scopeOf(conversation));
}

export function pinMessage(
  db: Database,
  journal: JournalWriter,
  { message_id, by, on, at }: MessageSwitch,
): void {
  const { row, conversation } = requireMessage(db, message_id, by);
  demandOpen(conversation);
  if (on === (row.pinned === 1)) return;
  const { conversation_id } = row;
  if (on && countPins(db, conversation_id) >= limits.pinsPerConversationMax) {
    throw new ChatError(
      'limit_reached',
      `A conversation has at most ${limits.pinsPerConversationMax} pinned messages. Unpin one first.`,
    );
  }
  db.run('UPDATE messages SET pinned = ? WHERE id = ?', on ? 1 : 0, message_id);
  const pin = { message_id, conversation_id, on, member: by, timestamp: at };
  journal.append('message_pinned', pin, at, scopeOf(conversation));
}

function countPins(db: Database, conversationId: string): number {
  const row = db.get<{ pins: number }>(
    'SELECT count(*) AS pins FROM messages WHERE conversation_id = ? AND pinned = 1',
    conversationId,
  );
  return row?.pins ?? 0;
}

/** Any message of a thread stands for the thread. */
export function followThread(
  db: Database,
  journal: JournalWriter,
  { message_id, by, on, at }: MessageSwitch,
): void {
  const { row, conversation } = requirePlace(db, message_id, by);
  const root = row.thread_id ?? row.id;
  const known = db.get<{ following: number }>(
    'SELECT following FROM follows WHERE member = ? AND message_id = ?',
    by,
    root,
  );
  db.run(
    `INSERT INTO follows (member, message_id, following) VALUES (?, ?, ?)
     ON CONFLICT (member, message_id) DO UPDATE SET following = excluded.following`,
    by,
    root,
    on ? 1 : 0,
  );
  if (on !== (known?.following === 1)) announceFollow(journal, conversation, root, by, on, at);
}
