import { setTimeout as wait } from 'node:timers/promises';
import { autoRetry } from '@grammyjs/auto-retry';
import { Bot } from 'grammy';
import type { Bus } from '../../bus/bus.ts';
import type { Counters } from '../../guard/counters.ts';
import { backoffMs } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { ChatError } from '../../protocol/index.ts';
import type { ChatTransport, TelegramInfo } from '../chat-transport.ts';
import { asPolyfill, failureOf, isOfTelegram, ShutOut } from './failures.ts';
import { type HearingDependencies, hear } from './hearing.ts';
import { createRelay } from './relay.ts';
import { createSender, type TeamChat } from './sender.ts';
import { commands, greeting } from './words.ts';

/**
 * The chat on Telegram: `main` and the team's chat there are one conversation, and what agents ask to be
 * allowed is answered there by whoever may. It asks Telegram for updates, so the server needs no address that
 * Telegram reaches.
 */
export interface TelegramDependencies
  extends Omit<HearingDependencies, 'teamChat' | 'strangers' | 'settled'> {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly token: string;
  readonly chatId: number;
  /** Where Telegram's Bot API is: its own, or a Bot API server that somebody runs. */
  readonly apiRoot: string;
  /** What the team works on, in a word. */
  readonly title: string;
  /** It is not let in any more, and has stopped. */
  readonly onShutOut: (reason: string) => void;
}

type State =
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly ending: AbortController; readonly ended: Promise<void> };

const callTimeoutSeconds = 60;
const pollSeconds = 30;
const retryBaseMs = 1_000;
const retryCeilingMs = 60_000;
/** What has not answered by then is tried in the background. */
const startPatienceMs = 10_000;
/** Telegram is told which updates were heard; whoever stops waits no longer than this for it. */
const stopPatienceMs = 2_000;
const strangersToldAgainMs = 60 * 60 * 1000;

export function createTelegram(dependencies: TelegramDependencies): ChatTransport {
  const { log, token, counters, accounts, approvals, publicUrl } = dependencies;
  const teamChat: TeamChat = { id: dependencies.chatId };
  const strangers = counters('telegram-stranger', { points: 1, windowMs: strangersToldAgainMs });
  let state: State = { kind: 'off' };
  let problem: string | null = null;
  let warning: string | null = null;
  let bot: string | null = null;
  let chat_info: TelegramInfo['chat_info'] = null;

  function createBot(): Bot {
    const created = new Bot(token, {
      client: { apiRoot: dependencies.apiRoot, timeoutSeconds: callTimeoutSeconds },
    });
    // It waits as long as Telegram says; all else is tried again by whoever called.
    created.api.config.use(autoRetry({ rethrowHttpErrors: true, rethrowInternalServerErrors: true }));
    created.api.config.use(async (call, method, payload, signal) => {
      try {
        const answer = await call(method, payload, signal);
        problem = null;
        return answer;
      } catch (error) {
        if (signal?.aborted !== true) problem = 'Telegram is not reached';
        throw error;
      }
    });
    created.catch(({ error }) => {
      if (!isOfTelegram(error)) throw error;
      log.warn({ reason: failureOf(error).reason }, 'an answer on Telegram did not go out');
    });
    return created;
  }

  /** Who the bot is, and whether it is in the chat. */
  async function enter(entering: Bot, signal: AbortSignal): Promise<void> {
    const ending = asPolyfill(signal);
    const me = await entering.api.getMe(ending);
    entering.botInfo = me;
    bot = me.username;
    const chat = await entering.api.getChat(teamChat.id, ending);
    chat_info = { id: chat.id, type: chat.type, title: chat.title ?? chat.username ?? '' };
    warning = null;
    if (chat.type !== 'private' && !me.can_read_all_group_messages) {
      const { status } = await entering.api.getChatMember(teamChat.id, me.id, ending);
      if (status !== 'administrator') warning = hearsLittle;
    }
    if (warning !== null) log.warn(warning);
    await entering.api.setMyCommands(commands, {}, ending);
  }

  /** Why it did not work, if it may work later; throws what ends it. */
  function reasonToGoOn(error: unknown): string {
    // A full disk has room again some time.
    if (error instanceof ChatError) return error.message;
    if (!isOfTelegram(error)) throw error;
    const failure = failureOf(error);
    if (failure.kind === 'shut' || failure.kind === 'refused') throw new ShutOut(failure.reason);
    if (failure.kind === 'moved') teamChat.id = failure.to;
    return failure.reason;
  }

  /** The private chats, which have their account's number, of those who may answer in a conversation. */
  async function privateChatsFor(conversationId: string): Promise<number[]> {
    const approvers = new Set(approvals.approversIn(conversationId));
    const owned = (await accounts.list()).filter(({ user_id }) => approvers.has(user_id));
    return owned.map(({ account }) => Number(account.slice('telegram:'.length)));
  }

  /** Is there with a bot, until the signal or something that goes wrong. */
  async function beThere(signal: AbortSignal, entered: () => void): Promise<void> {
    const present = createBot();
    const left = new AbortController();
    const leaving = AbortSignal.any([signal, left.signal]);
    const leave = () => void present.stop().catch(() => undefined);
    signal.addEventListener('abort', leave);
    const relay = createRelay({
      ...dependencies,
      ...{ teamChat, privateChatsFor, signal: leaving },
      sender: createSender({ api: present.api, log, teamChat, signal: leaving }),
      greeting: () => [greeting(dependencies.title, publicUrl()), warning ?? ''].join('\n\n').trim(),
      missed: () => `More was said than I bring here: see ${publicUrl()}`,
    });
    hear(present, { ...dependencies, teamChat, strangers, settled: relay.settled });
    try {
      await enter(present, signal);
      entered();
      const brought = relay.run().finally(leave);
      const heard = present
        .start({ timeout: pollSeconds, allowed_updates: ['message', 'edited_message', 'callback_query'] })
        .finally(() => left.abort());
      const outcomes = await Promise.allSettled([brought, heard]);
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Is there again and again, until the signal; rejects with `ShutOut`, or with what is a bug. */
  async function work(signal: AbortSignal, entered: () => void): Promise<void> {
    let attempt = 0;
    const begun = () => {
      attempt = 0;
      entered();
    };
    while (!signal.aborted) {
      try {
        await beThere(signal, begun);
      } catch (error) {
        if (signal.aborted) return;
        problem = reasonToGoOn(error);
        log.warn({ reason: problem }, 'Telegram is tried again');
        const restMs = backoffMs(attempt, retryBaseMs, retryCeilingMs);
        await wait(restMs, undefined, { signal }).catch(() => undefined);
        attempt += 1;
      }
    }
  }

  return {
    async start() {
      if (state.kind === 'on') return;
      const ending = new AbortController();
      const { promise: entered, resolve } = Promise.withResolvers<void>();
      let refusal: string | undefined;
      const ended = work(ending.signal, resolve)
        .catch((error: unknown) => {
          refusal = error instanceof ShutOut ? whatToDo(error.message) : 'it failed, see the log';
          if (!(error instanceof ShutOut)) log.error({ err: error }, 'Telegram failed');
        })
        .finally(() => {
          if (state.kind === 'on' && state.ending === ending) state = { kind: 'off' };
          if (refusal !== undefined) {
            problem = refusal;
            dependencies.onShutOut(refusal);
          }
        });
      state = { kind: 'on', ending, ended };
      await Promise.race([entered, ended, wait(startPatienceMs, undefined, { ref: false })]);
      if (refusal !== undefined) throw new ChatError('unavailable', `Telegram: ${refusal}`);
    },
    async stop() {
      if (state.kind === 'off') return;
      const { ending, ended } = state;
      ending.abort();
      await Promise.race([ended, wait(stopPatienceMs, undefined, { ref: false })]);
      state = { kind: 'off' };
    },
    info: () => ({
      type: 'telegram',
      connected: state.kind === 'on' && chat_info !== null && problem === null,
      is_running: state.kind === 'on',
      bot,
      chat_info,
      problem: problem ?? warning,
    }),
  };
}

const hearsLittle =
  'I hear only what mentions me, replies to me or begins with a slash. To hear all: make me an admin of ' +
  'this group, or turn my privacy mode off (@BotFather, /setprivacy) and take me in anew.';

/** Why Telegram does not let the bot in, with what helps. */
function whatToDo(reason: string): string {
  if (/unauthorized|not found$/i.test(reason) && !/chat/i.test(reason)) {
    return `the token was refused (${reason}). Set TELEGRAM_BOT_TOKEN to the one that @BotFather gave.`;
  }
  if (/chat not found|kicked|not a member|forbidden/i.test(reason)) {
    return `the bot is not in the chat (${reason}). Take it into the group that TELEGRAM_CHAT_ID names.`;
  }
  return reason;
}
