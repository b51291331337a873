import type { Bus } from '../../bus/bus.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import {
  type ApprovalCard,
  type ChatMessage,
  type JournalEvent,
  limits,
  readEntry,
} from '../../protocol/index.ts';
import type { CopyPlace } from '../../store/copy-store.ts';
import type { Store } from '../../store/store.ts';
import type { Sender, TeamChat } from './sender.ts';
import { approvalCard, plainSaying, quoting, saying } from './words.ts';

/**
 * Brings what is said in `main` to the team's chat on Telegram, and what agents ask to be allowed to whoever
 * may answer there. It reads the journal from a cursor of its own, one message after the other: what Telegram
 * takes slowly, or not at all for a while, waits there and nowhere else. When an answer of Telegram is lost,
 * or the server crashes before it has noted it, that one message comes twice; none is left out.
 */
export interface Relay {
  /** Resolves when the signal ends it. Rejects as the sender does, and when the store fails. */
  run(): Promise<void>;
  /** Resolves when it is known where that is which is being sent. */
  settled(): Promise<void>;
}

export interface RelayDependencies {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  readonly sender: Sender;
  readonly teamChat: TeamChat;
  /** In which chats an approval is asked that is not asked in `main`. */
  readonly privateChatsFor: (conversationId: string) => Promise<number[]>;
  /** Said when the chat is new here, as HTML. */
  readonly greeting: () => string;
  /** Said when there is more than is brought. */
  readonly missed: () => string;
  readonly signal: AbortSignal;
  /** How often cards show how long there is to answer. */
  readonly countDownMs?: number;
}

export const cursorName = 'telegram';
/** What comes from there is said by an id that begins so: it is not brought back. */
export const saidThere = 'telegram:';

const cursorSaveMs = 1_000;
/** So many messages that wait are brought as few. */
const gatherFrom = 5;
const gatheredCharsMax = 3_000;

export function createRelay(dependencies: RelayDependencies): Relay {
  const { store, bus, clock, log, sender, teamChat, signal, countDownMs = 60_000 } = dependencies;
  let position = 0;
  let saved = 0;
  let savedAt = 0;
  let gathered: ChatMessage[] = [];
  let sending = Promise.resolve();

  async function isBrought(messageId: number, chatId?: number): Promise<boolean> {
    const copies = await store.listCopies(messageId);
    return copies.some(({ chat_id }) => chatId === undefined || chat_id === chatId);
  }

  /** Notes where it is that shows these messages. Gives back whether it is anywhere. */
  async function noted(
    messageIds: readonly number[],
    sent: Promise<CopyPlace | undefined>,
  ): Promise<boolean> {
    const noting = sent.then(async (place) => {
      if (place === undefined) return false;
      await store.noteCopies(messageIds.map((message_id) => ({ ...place, message_id })));
      return true;
    });
    sending = noting.then(
      () => undefined,
      () => undefined,
    );
    return noting;
  }

  /** One message that cannot be formatted must not keep the others from coming. */
  function formatted(message: ChatMessage): string {
    try {
      return saying(message);
    } catch (error) {
      log.error({ err: error, message_id: message.id }, 'A message could not be formatted for Telegram');
      return plainSaying(message);
    }
  }

  async function sayGathered(): Promise<void> {
    const messages = gathered;
    gathered = [];
    if (messages.length === 0 || (await sayTogether(messages))) return;
    // What Telegram does not take must not take along what it does.
    if (messages.length > 1) for (const message of messages) await sayTogether([message]);
  }

  async function sayTogether(messages: readonly ChatMessage[]): Promise<boolean> {
    const [first] = messages;
    const answers = new Set(messages.map(answered));
    const replyTo = first && answers.size === 1 ? await copyAnswered(first, teamChat.id) : undefined;
    const texts: string[] = [];
    for (const message of messages) {
      const about = answers.size === 1 ? null : await requestOf(message, messages);
      texts.push(about === null ? formatted(message) : `${quoting(about)}\n${formatted(message)}`);
    }
    const html = texts.join('\n\n');
    return noted(
      messages.map(({ id }) => id),
      sender.send({ html, replyTo }),
    );
  }

  /** In a chat there, the copy of what a message answers, else that of what its thread hangs from. */
  async function copyAnswered(
    { reply_to, thread_id }: Pick<ChatMessage, 'reply_to' | 'thread_id'>,
    chatId: number,
  ): Promise<number | undefined> {
    for (const id of [reply_to, thread_id]) {
      if (id === null) continue;
      const copy = (await store.listCopies(id)).find(({ chat_id }) => chat_id === chatId);
      if (copy !== undefined) return copy.copy_id;
    }
    return undefined;
  }

  /** What a message among several answers, unless it stands right before it. */
  async function requestOf(message: ChatMessage, among: readonly ChatMessage[]): Promise<ChatMessage | null> {
    const about = answered(message);
    const before = among[among.indexOf(message) - 1];
    if (about === null || (before && (before.id === about || answered(before) === about))) return null;
    return store.readMessage(about);
  }

  async function say(message: ChatMessage, together: boolean): Promise<void> {
    if (message.conversation_id !== 'main' || (await isBrought(message.id))) return;
    const chars = gathered.reduce((sum, { text }) => sum + text.length, message.text.length);
    if (!together || chars > gatheredCharsMax) await sayGathered();
    gathered.push(message);
  }

  async function ask(messageId: number, conversationId: string, approvalId: number): Promise<void> {
    const approval = await store.readApproval(approvalId);
    if (approval === null) return;
    const message = await store.readMessage(messageId);
    const isMain = conversationId === 'main';
    const chats = isMain ? [teamChat.id] : await dependencies.privateChatsFor(conversationId);
    for (const chatId of chats) {
      if (await isBrought(messageId, chatId)) continue;
      const replyTo = message === null ? undefined : await copyAnswered(message, chatId);
      await noted([messageId], sender.ask(chatId, approvalCard(approval, clock.now()), replyTo));
    }
  }

  async function showOutcome(messageId: number, card: ApprovalCard): Promise<void> {
    for (const place of await store.listCopies(messageId)) {
      await sender.change(place, approvalCard(card, clock.now()));
    }
  }

  /** The copy that shows this message alone. */
  async function ownCopy(messageId: number): Promise<CopyPlace | undefined> {
    for (const place of await store.listCopies(messageId)) {
      if ((await store.readCopy(place)).length === 1) return place;
    }
    return undefined;
  }

  async function edit(message: ChatMessage): Promise<void> {
    if (message.client_message_id?.startsWith(saidThere)) return;
    const place = await ownCopy(message.id);
    if (place !== undefined) await sender.change(place, formatted(message));
  }

  async function remove(messageId: number): Promise<void> {
    const place = await ownCopy(messageId);
    if (place !== undefined) await sender.remove(place);
  }

  async function bring(event: JournalEvent, together: boolean): Promise<void> {
    const approval = event.type === 'chat_message' ? event.data.metadata.approval : undefined;
    if (event.type === 'chat_message' && approval === undefined) return say(event.data, together);
    if (approval === undefined && !changes.has(event.type)) return;
    await sayGathered();
    if (event.type === 'approval_answered') await showOutcome(event.data.message_id, event.data);
    else if (event.type === 'message_edited') await edit(event.data);
    else if (event.type === 'message_deleted') await remove(event.data.id);
    else if (event.type === 'chat_message' && approval !== undefined) {
      await ask(event.data.id, event.data.conversation_id, approval.approval_id);
    }
  }

  /** Gives back whether there was anything new. */
  async function bringNews(): Promise<boolean> {
    const events = (await store.readJournal(position, limits.relayPageMax)).map(readEntry);
    const together = events.filter(({ type }) => type === 'chat_message').length >= gatherFrom;
    for (const event of events) await bring(event, together);
    await sayGathered();
    const last = events.at(-1);
    if (last === undefined) return false;
    await reached(last.position);
    return true;
  }

  /** Saves how far it got, if that was not done just now: to look at something twice changes nothing. */
  async function reached(now: number, atOnce = false): Promise<void> {
    position = now;
    if (!atOnce && clock.now() - savedAt < cursorSaveMs) return;
    await store.saveCursor(cursorName, position);
    [saved, savedAt] = [position, clock.now()];
  }

  async function askPending(): Promise<void> {
    for (const { message_id, conversation_id, approval_id } of (await pending()).reverse()) {
      await ask(message_id, conversation_id, approval_id);
    }
  }

  function pending() {
    return store.listApprovals({ status: 'pending', limit: limits.approvalsPageMax });
  }

  /** Goes on where it was; a chat that is new here begins with what is new. */
  async function begin(): Promise<void> {
    const known = await store.readCursor(cursorName);
    await reached(known ?? (await store.head()), true);
    if (known !== null) return;
    await sender.send({ html: dependencies.greeting() });
    await askPending();
  }

  /** Far behind, it goes on with what is new: nobody reads thousands of messages on a phone. */
  async function skipIfFarBehind(): Promise<void> {
    const [head, first] = await Promise.all([store.head(), store.firstPosition()]);
    if (head - position <= limits.relayBehindEventsMax && (first ?? 0) <= position + 1) return;
    await sender.send({ html: dependencies.missed() });
    await askPending();
    await reached(head, true);
  }

  let news = Promise.withResolvers<void>();
  let countedDownAt = clock.now();

  /** Shows how long there is to answer. */
  async function countDown(): Promise<void> {
    if (clock.now() - countedDownAt < countDownMs) return;
    countedDownAt = clock.now();
    for (const approval of await pending()) await showOutcome(approval.message_id, approval);
  }

  return {
    settled: () => sending,
    async run() {
      const wake = () => news.resolve();
      const unsubscribe = bus.subscribe(wake);
      const ticking = setInterval(wake, countDownMs);
      signal.addEventListener('abort', wake);
      try {
        await begin();
        while (!signal.aborted) {
          news = Promise.withResolvers();
          await skipIfFarBehind();
          const isNew = await bringNews();
          await countDown();
          if (!isNew) await news.promise;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        clearInterval(ticking);
        unsubscribe();
        signal.removeEventListener('abort', wake);
        if (position !== saved) await store.saveCursor(cursorName, position);
      }
    },
  };
}

/** What a message answers, if anything. */
function answered({ reply_to, thread_id }: ChatMessage): number | null {
  return reply_to ?? thread_id;
}

/** Events that change what was brought. */
const changes: ReadonlySet<JournalEvent['type']> = new Set([
  'approval_answered',
  'message_edited',
  'message_deleted',
]);
