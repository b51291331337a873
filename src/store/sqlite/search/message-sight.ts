import type { SenderKind } from '../../../protocol/entities.ts';
import type { MessageSearch } from '../../search-store.ts';
import type { Database } from '../database.ts';

/** What a viewer may see. */
export interface Sight {
  /** null: everything. */
  readonly viewer: string | null;
  /** The private conversations that the viewer is in. */
  readonly conversations: ReadonlySet<string>;
}

/** A message as a search shows it. */
export interface FoundRow {
  readonly id: number;
  readonly message_id: string;
  readonly conversation_id: string;
  readonly thread_id: number | null;
  readonly sender_name: string;
  readonly sender_kind: SenderKind;
  readonly text: string;
  readonly at: string;
  readonly edited_at: string | null;
}

export function sightOf(db: Database, { viewer, place }: Pick<MessageSearch, 'viewer' | 'place'>): Sight {
  if (place !== undefined) return { viewer, conversations: new Set(place === null ? [] : [place]) };
  const rows = db.all<{ conversation_id: string }>(
    `SELECT conversation_id FROM conversation_members JOIN conversations USING (conversation_id)
     WHERE member = ? AND private = 1`,
    viewer,
  );
  return { viewer, conversations: new Set(rows.map(({ conversation_id }) => conversation_id)) };
}

/** A message that was not deleted and may be seen. */
export function findVisible(db: Database, sight: Sight, id: number): FoundRow | undefined {
  const row = db.get<FoundRow & { private: number }>(
    `SELECT id, message_id, messages.conversation_id, private, thread_id, sender_name, sender_kind, text, at,
       edited_at FROM messages JOIN conversations USING (conversation_id) WHERE id = ? AND deleted = 0`,
    id,
  );
  if (row === undefined) return undefined;
  const may = row.private === 0 || sight.viewer === null || sight.conversations.has(row.conversation_id);
  return may ? row : undefined;
}
