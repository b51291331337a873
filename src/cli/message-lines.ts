import type { ChatMessage, SearchHit } from '../protocol/index.ts';
import { approvalLines } from './approval-lines.ts';
import { markedText, mentionPainter, withoutMarks } from './mention-paint.ts';
import { cleanLine } from './sanitise.ts';
import type { Style } from './style.ts';
import { fit, textWidth, wrap } from './text.ts';

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

/** A message with what hangs from it. A reply in a thread is set in, and names the message it hangs from. */
export function messageLines(message: ChatMessage, view: View): string[] {
  const { style } = view;
  const root = message.thread_id === null ? '' : `  ↳ #${message.thread_id} `;
  const name = cleanLine(message.sender_name);
  // The name takes room in the first line; the others are set in.
  const room = ' '.repeat(textWidth(root + name) + 2);
  const set = root === '' ? margin : `${margin}    `;
  const [first = '', ...rest] = textOf(message, view.self)
    .split('\n')
    .flatMap((line, index) => wrap(index === 0 ? room + line : line, view.columns - set.length - 1));
  const paint = painter(message, view);
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
  const line = textOf(message, view.self).replace(/\s*\n\s*/g, ' ');
  const text = fit(line, Math.max(quoteColumns, columns - used - 1));
  const place = style.paint('yellow', `[${where}]`);
  return `${gutter(message, style)} ${place} ${style.name(name)}  ${painter(message, view)(text)}`;
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
  return ` “${fit(cleanLine(message.text), quoteColumns)}”`;
}

/** Messages one after the other, with a line where a day begins, and an arrow at the one that is meant. */
export function pageLines(messages: readonly ChatMessage[], view: View, meant?: number): string[] {
  const { style } = view;
  return daysOf(messages, style, (message) => {
    const lines = messageLines(message, view);
    return message.id === meant ? [style.paint('yellow', `${margin}▼`), ...lines] : lines;
  });
}

function daysOf<T extends { readonly timestamp: string }>(
  all: readonly T[],
  style: Style,
  linesOf: (each: T) => string[],
): string[] {
  return all.flatMap((each, index) => {
    const before = all[index - 1];
    const isSameDay = before !== undefined && day(before.timestamp) === day(each.timestamp);
    return [...(isSameDay ? [] : [dayLine(each.timestamp, style)]), ...linesOf(each)];
  });
}

function textOf(message: ChatMessage, self: string): string {
  const { deleted, edited_at, pinned } = message;
  if (deleted) return '(deleted)';
  const text = markedText(message, self).trimEnd();
  return `${text}${edited_at === null ? '' : ' (edited)'}${pinned ? ' (pinned)' : ''}`;
}

/** For the lines of one message, in order. */
function painter({ sender_kind, deleted }: ChatMessage, { style }: View): (line: string) => string {
  if (deleted || sender_kind === 'system') return (line) => style.paint('dim', withoutMarks(line));
  const paintMentions = mentionPainter(style);
  return (line) =>
    paintMentions(line).replace(/(?: \((?:edited|pinned)\))+$/, (marks) => style.paint('dim', marks));
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
