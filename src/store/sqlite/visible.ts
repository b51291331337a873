/**
 * A condition of SQL: a conversation is one that the viewer of the parameter, such as `?2`, may see; NULL
 * sees all of them.
 */
export function visibleTo(conversation: string, viewer: string): string {
  return `(${viewer} IS NULL OR ${conversation} IN (
    SELECT conversation_id FROM conversations WHERE private = 0
    UNION ALL SELECT conversation_id FROM conversation_members WHERE member = ${viewer}))`;
}
