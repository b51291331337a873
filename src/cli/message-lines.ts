import { inQuotes } from '../lib/quotes.ts';
import type { ChatMessage, SearchHit } from '../protocol/index.ts';
import { approvalLines, wantsText } from './approval-lines.ts';
import { paintMarks, readableLine, readableText } from './readable-text.ts';
import { cleanLine } from './sanitise.ts';
import type { Style } from './style.ts';
import { fit, hangingIndent, textWidth, wrap } from './text.ts';

/** What is said, as lines of a terminal. Everything that comes from others is cleaned here. */

/** Who looks, and at what. */
export interface View {
  readonly style: Style;
  /** One's own name, whose mention stands out. */
  readonly self: string;
  readonly columns: number;
}

const timeWidth = 'hh:mm '.length;
const idWidth = '#9999 '.length;
/** What stands below a message is set in as far as its sender. */
export const margin = ' '.repeat(timeWidth + idWidth);
/** Names written out of those who reacted or replied; of more, their number. */
const namesMax = 3;
const quoteColumns = 24;

/** Hours and minutes, in the time zone of the terminal. */
export function clockTime(timestamp: string): string {
  const time = new Date(timestamp);
  return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

export function day(timestamp: string): string {
  const time = new Date(timestamp);
  return `${time.getFullYear()}-${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** Time and id, dim: they are there when they are looked for. */
function gutter({ timestamp, id }: Pick<ChatMessage, 'timestamp' | 'id'>, style: Style): string {
  return style.paint('dim', `${clockTime(timestamp)} ${`#${id}`.padStart(idWidth - 1)}`);
}

export function dayLine(timestamp: string, style: Style): string {
  return style.paint('dim', `── ${day(timestamp)} ──`);
}

/**
 * A message with what hangs from it. A reply in a thread is set in, and names the message it hangs from; with
 * `request`, that message, by its first words too.
 */
export function messageLines(message: ChatMessage, view: View, request?: ChatMessage): string[] {
  const { style } = view;
  const root = message.thread_id === null ? '' : `  ↳ #${message.thread_id}${quote(request)} `;
  const name = cleanLine(message.sender_name);
  // The name takes room in the first line; the others are set in.
  const room = ' '.repeat(textWidth(root + name) + 2);
  const set = root === '' ? margin : `${margin}    `;
  const [first = '', ...rest] = paintedText(message, view)
    .split('\n')
    .flatMap((line, index) => {
      const columns = view.columns - set.length - 1;
      return wrap(index === 0 ? room + line : line, columns, hangingIndent(line, columns));
    });
  const paint = isQuiet(message) ? (line: string) => style.paint('dim', line) : String;
  const head = `${gutter(message, style)} ${style.paint('dim', root)}${style.name(name)}`;
  return [
    `${head}  ${paint(first.slice(room.length))}`,
    ...rest.map((line) => (line === '' ? '' : `${set}${paint(line)}`)),
    ...approvalOf(message, set, view),
    ...(message.metadata.handover && !message.deleted ? [`${set}/go-on ${message.id}`] : []),
    ...hangingWords(message).map((words) => style.paint('dim', `${set}${words}`)),
  ];
}

function approvalOf({ id, deleted, metadata: { approval } }: ChatMessage, set: string, view: View): string[] {
  return approval === undefined || deleted ? [] : approvalLines(approval, id, set, view);
}

/** What was said in another conversation, in one line. */
export function elsewhereLine(message: ChatMessage, where: string, view: View): string {
  const { style, columns } = view;
  const name = cleanLine(message.sender_name);
  const used = margin.length + textWidth(`[${where}] ${name}  `);
  const { text, marks } = readableLine(shownText(message));
  const fitting = fit(text + marksOf(message).join(''), Math.max(quoteColumns, columns - used - 1));
  const place = style.paint('yellow', `[${where}]`);
  const shown = isQuiet(message)
    ? style.paint('dim', fitting)
    : paintMarks({ text: fitting, marks }, style, view.self);
  return `${gutter(message, style)} ${place} ${style.name(name)}  ${shown}`;
}

/** What a search found, each in its conversation, with what was searched for standing out. */
export function hitPageLines(
  hits: readonly SearchHit[],
  nameOf: (conversation_id: string) => string,
  view: View,
): string[] {
  return daysOf(hits, view.style, (hit) => hitLines(hit, nameOf(hit.conversation_id), view));
}

function hitLines(hit: SearchHit, where: string, { style, columns }: View): string[] {
  const root = hit.thread_id === null ? '' : `↳ #${hit.thread_id} `;
  const name = cleanLine(hit.sender_name);
  const room = ' '.repeat(textWidth(`[${where}] ${root}${name}  `));
  // Word by word, so that lines may break within what was found.
  const standOut = (text: string) =>
    text.replace(/\S+/g, (word) => style.paint('bold', style.paint('yellow', word)));
  const snippet = hit.snippet.map((part) => (part.hit ? standOut : String)(cleanLine(part.text))).join('');
  const [first = '', ...rest] = wrap(room + snippet, columns - margin.length - 1);
  const head = `${style.paint('yellow', `[${where}]`)} ${style.paint('dim', root)}${style.name(name)}`;
  return [
    `${gutter(hit, style)} ${head}  ${first.slice(room.length)}`,
    ...rest.map((line) => `${margin}${line}`),
  ];
}

/** A few words of a message. */
export function quote(message: ChatMessage | undefined): string {
  if (message === undefined || message.text === '') return '';
  return ` ${inQuotes(fit(readableLine(message).text, quoteColumns))}`;
}

/**
 * The request that a reply of an agent is about, when it must be named: what was shown before it is not of
 * the same thread.
 */
export function requestToName(
  message: ChatMessage,
  before: Pick<ChatMessage, 'id' | 'thread_id'> | undefined,
  find: (id: number) => ChatMessage | undefined,
): ChatMessage | undefined {
  const { thread_id, sender_kind } = message;
  if (thread_id === null || sender_kind === 'person') return undefined;
  return before?.thread_id === thread_id || before?.id === thread_id ? undefined : find(thread_id);
}

/** The messages of a page. Threads whose replies are all in it need no line that counts them. */
export function withoutWholeThreads(page: readonly ChatMessage[]): ChatMessage[] {
  const replies = Map.groupBy(page, ({ thread_id }) => thread_id);
  return page.map((message) => {
    const { id, thread } = message;
    const isWhole = thread !== null && (replies.get(id)?.length ?? 0) >= thread.reply_count;
    return isWhole ? { ...message, thread: null } : message;
  });
}

/** Messages one after the other, with a line where a day begins, and an arrow at the one that is meant. */
export function pageLines(page: readonly ChatMessage[], view: View, meant?: number): string[] {
  const { style } = view;
  const messages = withoutWholeThreads(page);
  const byId = new Map(messages.map((message) => [message.id, message]));
  return daysOf(messages, style, (message, before) => {
    const lines = messageLines(
      message,
      view,
      requestToName(message, before, (id) => byId.get(id)),
    );
    return message.id === meant ? [style.paint('yellow', `${margin}▼`), ...lines] : lines;
  });
}

function daysOf<T extends { readonly timestamp: string }>(
  all: readonly T[],
  style: Style,
  linesOf: (each: T, before: T | undefined) => string[],
): string[] {
  return all.flatMap((each, index) => {
    const before = all[index - 1];
    const isSameDay = before !== undefined && day(before.timestamp) === day(each.timestamp);
    return [...(isSameDay ? [] : [dayLine(each.timestamp, style)]), ...linesOf(each, before)];
  });
}

/** What is dim: nobody's words. */
function isQuiet({ sender_kind, deleted }: ChatMessage): boolean {
  return deleted || sender_kind === 'system';
}

/** The text of a message with its mentions. */
function paintedText(message: ChatMessage, { style, self }: View): string {
  const marked = readableText(withCard(message));
  if (isQuiet(message)) return marked.text + marksOf(message).join('');
  return (
    paintMarks(marked, style, self) +
    marksOf(message)
      .map((mark) => style.paint('dim', mark))
      .join('')
  );
}

/** A card below the message shows the action exactly, so the message only says of which kind it is. */
function withCard(message: ChatMessage): Pick<ChatMessage, 'text' | 'entities'> {
  const { approval } = message.metadata;
  const isCard = approval !== undefined && !message.deleted;
  return isCard ? { text: `🖐 ${wantsText(approval)}`, entities: [] } : shownText(message);
}

function shownText({ deleted, text, entities }: ChatMessage): Pick<ChatMessage, 'text' | 'entities'> {
  return deleted ? { text: '(deleted)', entities: [] } : { text, entities };
}

function marksOf({ deleted, edited_at, pinned, metadata }: ChatMessage): string[] {
  if (deleted) return [];
  const marks = [metadata.read_only && 'read-only', edited_at !== null && 'edited', pinned && 'pinned'];
  return marks.flatMap((mark) => (mark ? [` (${mark})`] : []));
}

/** Reactions and thread. */
function hangingWords({ id, reactions, thread }: ChatMessage): string[] {
  const words = reactions.map(({ emoji, members }) => `${cleanLine(emoji)} ${names(members)}`);
  const lines = words.length > 0 ? [words.join('  ')] : [];
  if (thread !== null && thread.reply_count > 0) {
    const replies = thread.reply_count === 1 ? '1 reply' : `${thread.reply_count} replies`;
    lines.push(
      `↳ ${replies} by ${names(thread.participants)}, ${clockTime(thread.last_reply_at)}: /thread ${id}`,
    );
  }
  return lines;
}

function names(all: readonly string[]): string {
  return all.length > namesMax ? String(all.length) : all.map(cleanLine).join(', ');
}
