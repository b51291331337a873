import { setTimeout as wait } from 'node:timers/promises';
import { type Api, InputFile } from 'grammy';
import { backoffMs } from '../../lib/backoff.ts';
import type { Log } from '../../lib/log.ts';
import type { CopyPlace } from '../../store/copy-store.ts';
import { asPolyfill, failureOf, isOfTelegram, ShutOut } from './failures.ts';
import { cut, withoutTags } from './markup.ts';
import { type CardText, textCharsMax } from './words.ts';

/**
 * Sends to Telegram, one call after the other, and keeps at it while Telegram is not reached. What is refused
 * for good is logged and left. Rejects with `ShutOut` when the team's chat is closed to the bot, and with the
 * signal's reason.
 */
export interface Sender {
  /** Gives back where it is; undefined: nowhere. */
  send(text: Outgoing): Promise<CopyPlace | undefined>;
  /** Asks what a card asks, in one chat, as a reply to a message there. */
  ask(
    chatId: number | undefined,
    card: CardText,
    replyTo?: number | undefined,
  ): Promise<CopyPlace | undefined>;
  /** Changes what a message of the bot's own says. */
  change(place: CopyPlace, text: CardText | string): Promise<void>;
  remove(place: CopyPlace): Promise<void>;
}

export interface Outgoing {
  readonly html: string;
  /** The message there that it replies to. */
  readonly replyTo?: number | undefined;
}

export interface SenderDependencies {
  readonly api: Api;
  readonly log: Log;
  readonly teamChat: TeamChat;
  readonly signal: AbortSignal;
}

/** The chat of the team: a group that grows gets another number. */
export interface TeamChat {
  id: number;
}

interface Mode {
  readonly parse_mode?: 'HTML';
}

const retryBaseMs = 1_000;
const retryCeilingMs = 60_000;

export function createSender({ api, log, teamChat, signal }: SenderDependencies): Sender {
  const ended = asPolyfill(signal);

  /** `isMarkedUp`: what is refused may be taken without its markup, so the refusal is the caller's. */
  async function call<T>(
    what: string,
    chatId: number | undefined,
    ask: (chatId: number) => Promise<T>,
    isMarkedUp = false,
  ): Promise<T | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await ask(chatId ?? teamChat.id);
      } catch (error) {
        signal.throwIfAborted();
        if (!isOfTelegram(error)) {
          // A fault of ours, in this one call: what follows is sent all the same.
          log.error({ err: error }, `${what} could not be sent`);
          return undefined;
        }
        const failure = failureOf(error);
        const { kind, reason } = failure;
        const isTeamChat = chatId === undefined || chatId === teamChat.id;
        if (kind === 'markup' || (kind === 'refused' && isMarkedUp)) throw error;
        if (kind === 'same') return undefined;
        if (kind === 'shut' && isTeamChat) throw new ShutOut(reason);
        if (kind === 'refused' || kind === 'shut') {
          log.warn({ reason }, `Telegram refused ${what}`);
          return undefined;
        }
        if (kind === 'moved') {
          if (!isTeamChat) return undefined;
          log.warn(`The Telegram group has another number now: set TELEGRAM_CHAT_ID to ${failure.to}`);
          teamChat.id = failure.to;
          continue;
        }
        if (attempt === 0) log.warn({ reason }, `${what} waits for Telegram`);
        await wait(backoffMs(attempt, retryBaseMs, retryCeilingMs), undefined, { signal });
      }
    }
  }

  /** With markup, or without where Telegram does not take it. */
  async function marked<T>(
    what: string,
    chatId: number | undefined,
    html: string,
    ask: (chatId: number, text: string, mode: Mode) => Promise<T>,
  ): Promise<T | undefined> {
    const plain = withoutTags(html);
    try {
      if (plain.length <= textCharsMax) {
        return await call(what, chatId, (id) => ask(id, html, { parse_mode: 'HTML' }), true);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ShutOut || !isOfTelegram(error)) throw error;
      log.warn({ reason: failureOf(error).reason }, `Telegram did not take the markup of ${what}`);
    }
    return call(what, chatId, (id) => ask(id, cut(plain, textCharsMax), {}));
  }

  return {
    async send({ html, replyTo }) {
      const how = { link_preview_options: { is_disabled: true }, ...replyingTo(replyTo) };
      const sent = await marked('a message', undefined, html, (id, text, mode) =>
        api.sendMessage(id, text, { ...how, ...mode }, ended),
      );
      return sent && placeOf(sent);
    },
    async ask(chatId, { html, whole, keyboard }, replyTo) {
      const sent = await marked<Sent>('what an agent asks', chatId, html, (id, text, mode) => {
        const how = { ...withKeyboard(keyboard), ...replyingTo(replyTo), ...mode };
        if (whole === null) return api.sendMessage(id, text, how, ended);
        const file = new InputFile(Buffer.from(whole), 'action.txt');
        return api.sendDocument(id, file, { caption: text, ...how }, ended);
      });
      return sent && placeOf(sent);
    },
    async change({ chat_id, copy_id }, text) {
      const { html, whole, keyboard } = typeof text === 'string' ? plainText(text) : text;
      await marked<unknown>('a change', chat_id, html, (id, changed, mode) => {
        const how = { ...withKeyboard(keyboard), ...mode };
        return whole === null
          ? api.editMessageText(id, copy_id, changed, how, ended)
          : api.editMessageCaption(id, copy_id, { caption: changed, ...how }, ended);
      });
    },
    async remove({ chat_id, copy_id }) {
      await call('a deletion', chat_id, (id) => api.deleteMessage(id, copy_id, ended));
    },
  };
}

function replyingTo(message_id: number | undefined) {
  if (message_id === undefined) return {};
  return { reply_parameters: { message_id, allow_sending_without_reply: true } };
}

function plainText(html: string): CardText {
  return { html, whole: null, keyboard: undefined };
}

function withKeyboard(keyboard: CardText['keyboard']) {
  return keyboard === undefined ? {} : { reply_markup: keyboard };
}

interface Sent {
  readonly chat: { readonly id: number };
  readonly message_id: number;
}

function placeOf(sent: Sent): CopyPlace {
  return { chat_id: sent.chat.id, copy_id: sent.message_id };
}
