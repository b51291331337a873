import type { EventData } from '../client/index.ts';
import { type ChangedFile, type ChatMessage, withoutFileLine } from '../protocol/index.ts';
import {
  day,
  dayLine,
  elsewhereLine,
  margin,
  messageLines,
  quote,
  requestToName,
  type View,
  withoutWholeThreads,
} from './message-lines.ts';
import type { MessageMemory } from './message-memory.ts';
import { readableLine } from './readable-text.ts';
import { changeLines } from './render.ts';
import { cleanLine } from './sanitise.ts';
import type { Screen } from './screen.ts';
import type { Style } from './style.ts';
import { fit } from './text.ts';

/** What was shown of the current conversation, and how what happens in it is shown. */
export interface Transcript {
  /** Of another conversation: nothing of it was shown yet. */
  begin(title: string): void;
  wasShown(id: number): boolean;
  /** The highest id that was shown; 0: nothing was. */
  newestId(): number;
  message(message: ChatMessage, how?: { readonly withDiff?: boolean; readonly isFirstNew?: boolean }): void;
  /** Messages in a row, with a line before the first that is new. */
  page(messages: readonly ChatMessage[], isNew?: (message: ChatMessage) => boolean): void;
  elsewhere(message: ChatMessage, where: string): void;
  edited(message: ChatMessage): void;
  /** `before`: what it said. */
  deleted(deletion: EventData<'message_deleted'>, before: ChatMessage | undefined): void;
  reacted(reaction: EventData<'reaction_update'>): void;
  pinned(pin: EventData<'message_pinned'>): void;
  /** The whole diff of the newest message that had one. */
  lastDiff(): string[];
}

export interface TranscriptDependencies {
  readonly screen: Screen;
  readonly style: Style;
  readonly memory: MessageMemory;
  view(): View;
}

export function createTranscript({ screen, style, memory, view }: TranscriptDependencies): Transcript {
  const shown = new Set<number>();
  let newestId = 0;
  let lastDay = '';
  let last: ChatMessage | undefined;
  let lastChanges: readonly ChangedFile[] = [];

  const dim = (text: string) =>
    screen.print([style.paint('dim', margin + fit(text, view().columns - margin.length - 1))]);

  function message(message: ChatMessage, { withDiff = false, isFirstNew = false } = {}): void {
    shown.add(message.id);
    newestId = Math.max(newestId, message.id);
    const lines: string[] = [];
    if (day(message.timestamp) !== lastDay) {
      lastDay = day(message.timestamp);
      lines.push(dayLine(message.timestamp, style));
    }
    if (isFirstNew) lines.push(style.paint('yellow', '── new ──'));
    const { changes = [] } = message.metadata;
    const showsDiff = withDiff && changes.length > 0;
    // The diff names the files.
    const shownText = showsDiff ? { ...message, text: withoutFileLine(message) } : message;
    lines.push(...messageLines(shownText, view(), requestToName(message, last, memory.find)));
    last = message;
    if (changes.length > 0) lastChanges = changes;
    if (showsDiff) lines.push(...changeLines(changes, view()));
    screen.print(lines);
  }

  /** A message by its id and a few of its words. */
  const mark = (id: number) => `#${id}${quote(memory.find(id))}`;

  return {
    begin(title) {
      shown.clear();
      newestId = 0;
      lastDay = '';
      last = undefined;
      screen.print([style.paint('bold', `── ${title} ──`)]);
    },
    wasShown: (id) => shown.has(id),
    newestId: () => newestId,
    message,
    page(messages, isNew = () => false) {
      const first = messages.find(isNew);
      lastDay = '';
      last = undefined;
      for (const each of messages) memory.remember(each);
      for (const each of withoutWholeThreads(messages)) message(each, { isFirstNew: each.id === first?.id });
    },
    elsewhere: (said, where) => screen.print([elsewhereLine(said, where, view())]),
    edited: (message) =>
      dim(`✎ ${cleanLine(message.sender_name)} edited #${message.id}: ${readableLine(message).text}`),
    deleted: ({ id, deleted_by }, before) => dim(`✗ ${cleanLine(deleted_by)} deleted #${id}${quote(before)}`),
    reacted({ message_id, emoji, member, on }) {
      const who = cleanLine(member);
      const what = cleanLine(emoji);
      dim(on ? `${what} ${who} on ${mark(message_id)}` : `${who} took ${what} off ${mark(message_id)}`);
    },
    pinned: ({ message_id, member, on }) =>
      dim(`${cleanLine(member)} ${on ? 'pinned' : 'unpinned'} ${mark(message_id)}`),
    lastDiff: () =>
      lastChanges.length > 0 ? changeLines(lastChanges, view(), true) : ['No changes were reported yet.'],
  };
}
