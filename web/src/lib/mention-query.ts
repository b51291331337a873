/** The mention being typed at the caret: where its `@` stands and what follows it so far. */
export interface MentionQuery {
  readonly start: number;
  readonly end: number;
  readonly prefix: string;
}

/** An `@` counts at the start or after a blank or bracket, not inside an e-mail address. */
const beforeCaret = /(?:^|[\s([{"'])@([a-z0-9_-]{0,32})$/i;
const afterCaret = /^[a-z0-9_-]*/i;

export function mentionQueryAt(text: string, caret: number): MentionQuery | null {
  const match = beforeCaret.exec(text.slice(0, caret));
  if (!match) return null;
  const prefix = match[1] ?? '';
  const rest = afterCaret.exec(text.slice(caret))?.[0] ?? '';
  return { start: caret - prefix.length - 1, end: caret + rest.length, prefix };
}

/** The text with the query replaced by a mention and a blank, and where the caret then stands. */
export function completeMention(text: string, query: MentionQuery, name: string) {
  const after = text.slice(query.end);
  const mention = `@${name}${after.startsWith(' ') ? '' : ' '}`;
  const caret = query.start + name.length + 2;
  return { text: text.slice(0, query.start) + mention + after, caret };
}

/** Names that fit what was typed: those that begin with it, then those that hold it. */
export function matchNames<T extends { readonly name: string }>(all: readonly T[], prefix: string): T[] {
  const wanted = prefix.toLowerCase();
  const starts = all.filter((item) => item.name.toLowerCase().startsWith(wanted));
  const holds = all.filter((item) => !starts.includes(item) && item.name.toLowerCase().includes(wanted));
  return [...starts, ...holds];
}

/** Adds a mention in front of a draft, unless it mentions that name already. */
export function mentionFirst(draft: string, name: string): string {
  const mentioned = new RegExp(`(?:^|\\s)@${name}(?![\\w-])`, 'i').test(draft);
  return mentioned ? draft : `@${name} ${draft.trimStart()}`;
}
