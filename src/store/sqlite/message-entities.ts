import { memberNames } from '../../protocol/member-names.ts';
import { mayHoldMentions, parseMentions } from '../../protocol/mentions.ts';
import type { MessageEntity } from '../../protocol/message-entity.ts';
import type { Database } from './database.ts';

/**
 * The entities of a text: those that come with it, or, of what agents and the server compose, the mentions
 * that stand in it.
 */
export function entitiesOf(
  db: Database,
  { text, entities }: { readonly text: string; readonly entities?: readonly MessageEntity[] },
): readonly MessageEntity[] {
  if (entities !== undefined || !mayHoldMentions(text)) return entities ?? [];
  const members = db.all<{ name: string }>('SELECT name FROM members');
  return parseMentions(text, memberNames(members.map(({ name }) => name))).entities;
}

/** As a column: most messages mention nobody. */
export function toColumn(entities: readonly MessageEntity[]): string | null {
  return entities.length === 0 ? null : JSON.stringify(entities);
}

export function fromColumn(column: string | null): MessageEntity[] {
  return column === null ? [] : (JSON.parse(column) as MessageEntity[]);
}
