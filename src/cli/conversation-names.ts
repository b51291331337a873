import { ChatError, type Conversation, isSameName, nameKey, withoutAt } from '../protocol/index.ts';
import { cleanLine } from './sanitise.ts';

type Named = Pick<Conversation, 'conversation_id' | 'kind' | 'title' | 'members'>;

/** How a conversation is called at a terminal: `#backend`, `@ruth`, `@bob,ruth`. */
export function nameOf({ kind, title, members }: Omit<Named, 'conversation_id'>, self: string): string {
  if (kind === 'channel') return `#${cleanLine(title)}`;
  const isOther = (name: string) => !isSame(name, self);
  const others = (members ?? []).filter(isOther);
  // Who was removed from the team is a member no more; the title still says who they were.
  const removed = title.split(', ').filter(isOther);
  if (others.length === 0 && removed.length > 0) return `@${removed.map(cleanLine).join(',')} (removed)`;
  return `@${(others.length > 0 ? others : [self]).map(cleanLine).join(',')}`;
}

/** Those of a name. Without `#` or `@`, a channel is meant before a person. */
export function conversationsCalled<C extends Named>(among: readonly C[], typed: string, self: string): C[] {
  const wanted = keyOf(typed);
  const called = (name: string) => among.filter((each) => keyOf(nameOf(each, self)) === name);
  if (/^[#@]/.test(wanted)) return called(wanted);
  const channels = called(`#${wanted}`);
  return channels.length > 0 ? channels : called(`@${wanted}`);
}

/** The conversation of a name or id. Errors: unknown_conversation, also when several have the name. */
export function findConversation<C extends Named>(among: readonly C[], typed: string, self: string): C {
  const byId = among.find(({ conversation_id }) => conversation_id === typed);
  if (byId !== undefined) return byId;
  const found = conversationsCalled(among, typed, self);
  const [first, second] = found;
  if (first === undefined)
    throw new ChatError('unknown_conversation', `There is no conversation "${typed}".`);
  if (second === undefined) return first;
  const ids = found.map(({ conversation_id }) => conversation_id).join(', ');
  throw new ChatError(
    'unknown_conversation',
    `Several conversations are called "${typed}". Say which: ${ids}`,
  );
}

/** Names as typed, `@ruth,bob` or `ruth, bob`, each bare. */
export function namesIn(typed: string): string[] {
  return typed
    .split(',')
    .map((name) => bare(name.trim()))
    .filter(Boolean);
}

/** People and agents are often written as they are mentioned. */
export function bare(name: string): string {
  return withoutAt(name);
}

export function isSame(name: string, other: string): boolean {
  return isSameName(name, other);
}

/** In any case, and the members of a direct conversation in any order. */
function keyOf(name: string): string {
  const key = nameKey(name);
  return key.startsWith('@') ? `@${namesIn(key).sort().join(',')}` : key;
}
