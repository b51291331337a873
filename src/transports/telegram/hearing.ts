import { setTimeout as wait } from 'node:timers/promises';
import type { Bot, Context } from 'grammy';
import type { Message, User } from 'grammy/types';
import type { Accounts } from '../../auth/accounts.ts';
import type { Identity } from '../../auth/identity.ts';
import { demand } from '../../auth/policy.ts';
import type { Conversations } from '../../chat/conversations.ts';
import type { Messages } from '../../chat/messages.ts';
import { toChatError } from '../../gateway/handlers.ts';
import type { Audit } from '../../guard/audit.ts';
import type { Counter } from '../../guard/counters.ts';
import type { Budget, Rates } from '../../guard/rates.ts';
import type { SignInGuard } from '../../guard/sign-in-guard.ts';
import type { Log } from '../../lib/log.ts';
import { type Action, ChatError, chosenName, limits, withoutAt } from '../../protocol/index.ts';
import type { CopyPlace } from '../../store/copy-store.ts';
import type { Actor, Store } from '../../store/store.ts';
import type { Approvals } from '../../tasks/approvals.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { isOfTelegram } from './failures.ts';
import { escapeHtml, withoutTags } from './markup.ts';
import { saidThere } from './relay.ts';
import type { TeamChat } from './sender.ts';
import { commandsText, howToLink, readTap, statusText, tasksText } from './words.ts';

/**
 * What people write and tap on Telegram, done here in the name of the person whose account it is, with that
 * person's rights, limits and line in the audit log. Every refusal is answered where it was asked.
 */
export interface HearingDependencies {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly conversations: Pick<Conversations, 'isVisible'>;
  readonly messages: Messages;
  readonly tasks: Tasks;
  readonly approvals: Approvals;
  readonly rates: Rates;
  readonly signInGuard: SignInGuard;
  readonly audit: Audit;
  readonly log: Log;
  readonly teamChat: TeamChat;
  /** Tells a stranger at most so often how to come in. */
  readonly strangers: Counter;
  readonly publicUrl: () => string;
  /** Resolves when it is known where that is which is being sent. */
  readonly settled: () => Promise<void>;
}

/** Somebody whose account is known. */
interface Asker {
  readonly identity: Identity;
  readonly by: Actor;
}

type Handle = (ctx: Context) => Promise<void>;

export function hear(bot: Bot, dependencies: HearingDependencies): void {
  const { store, accounts, conversations, messages, tasks, approvals } = dependencies;
  const { rates, signInGuard, audit, log, teamChat, strangers, publicUrl, settled } = dependencies;

  /** Whoever asks, if that may be done. Errors: auth_required, forbidden, rate_limited. */
  async function askerOf({ from }: Context, needs: Action, budget: Budget): Promise<Asker> {
    const account = accountOf(from);
    const identity = from === undefined ? null : await accounts.find(account);
    const by = actorOf(from, identity);
    if (identity === null) throw new ChatError('auth_required', howToLink(publicUrl()));
    try {
      demand(identity, needs);
    } catch (error) {
      audit.refused({ action: 'not_allowed', by, detail: `telegram: ${needs}` });
      throw error;
    }
    await rates.spend(identity, budget);
    return { identity, by };
  }

  const isTeamChat = ({ chat }: Context) => chat?.id === teamChat.id;
  const isPrivate = ({ chat }: Context) => chat?.type === 'private';

  /** Answers errors there; what is no one's fault but ours is logged. */
  function answering(what: string, handle: Handle, tell: (ctx: Context, text: string) => Promise<unknown>) {
    return async (ctx: Context) => {
      if (!isTeamChat(ctx) && !isPrivate(ctx)) return;
      try {
        await handle(ctx);
      } catch (cause) {
        if (isOfTelegram(cause)) throw cause;
        const { code, message } = toChatError(cause, log, `telegram: ${what}`);
        const isStranger = code === 'auth_required';
        if (isStranger && (await strangers.take(accountOf(ctx.from))) > 0) return;
        await tell(ctx, isStranger ? message : `⚠️ ${escapeHtml(message)}`);
      }
    };
  }

  /** `given`: the code of a sign-in link, or all of the link. */
  async function start(ctx: Context, given: string): Promise<void> {
    const code = given.split('#code=').at(-1) ?? '';
    if (code === '') {
      await reply(ctx, `${howToLink(publicUrl())}\n\n${commandsText}`);
      return;
    }
    if (!isPrivate(ctx)) {
      throw new ChatError('bad_frame', 'Send me the code in private, where nobody else reads it.');
    }
    const account = accountOf(ctx.from);
    const device = deviceOf(ctx.from);
    const attempt = {
      peer: { address: account, local: false, device },
      method: 'link',
      secret: code,
    };
    const { identity } = await signInGuard.attempt(attempt, async () => ({
      identity: await accounts.link(code, { account, device }),
    }));
    await reply(ctx, `You are <b>${identity.user_id}</b> here now (${identity.role}).\n\n${commandsText}`);
  }

  async function command(ctx: Context, name: string, rest: string): Promise<void> {
    switch (name) {
      case 'start':
        return start(ctx, rest);
      case 'help':
        await reply(ctx, commandsText);
        return;
      case 'status':
        await askerOf(ctx, 'read', 'read');
        await reply(ctx, statusText(await store.listAgentStatuses()));
        return;
      case 'tasks': {
        const { identity } = await askerOf(ctx, 'read', 'read');
        const viewer = isPrivate(ctx) ? identity : nobody;
        const active = await tasks.active();
        const seen = active.filter(({ conversation_id: id }) => conversations.isVisible(id, viewer));
        await reply(ctx, tasksText(seen));
        return;
      }
      case 'stop': {
        const { identity } = await askerOf(ctx, 'stop', 'message');
        const agent_name = withoutAt(rest).split(/\s/)[0] ?? '';
        if (agent_name === '') throw new ChatError('bad_frame', 'Say whom: /stop NAME');
        const { agent_name: stopped } = await tasks.stop({ agent_name }, identity.user_id);
        await reply(ctx, `⏹ ${stopped} is told to stop.`);
        return;
      }
      default:
        throw new ChatError('unknown_type', `I do not know /${name}. Send /help for what I know.`);
    }
  }

  /** What a reply to a card says is why it is denied. Gives back whether it was one. */
  async function denyBy(ctx: Context, answered: number | null, text: string): Promise<boolean> {
    const approval = answered === null ? undefined : await findApproval(answered);
    if (approval?.status !== 'pending') return false;
    const { identity, by } = await askerOf(ctx, 'approve', 'message');
    const sentence = text.slice(0, limits.approvalSentenceCharsMax);
    const { approval_id } = approval;
    await approvals.answer({ approval_id, answer: 'deny', sentence }, identity, by);
    return true;
  }

  async function findApproval(messageId: number) {
    const card = (await store.readMessage(messageId))?.metadata.approval;
    return card === undefined ? undefined : ((await store.readApproval(card.approval_id)) ?? undefined);
  }

  async function hearMessage(ctx: Context): Promise<void> {
    const { message } = ctx;
    if (message === undefined || isService(message)) return;
    const text = withoutBotName(message.text ?? message.caption ?? '', ctx.me.username);
    const asked = /^\/([a-z_]+)(?:@(\w+))?(?:\s+([\s\S]*))?$/i.exec(text);
    if (asked !== null) {
      const [, name = '', bot = ctx.me.username, rest = ''] = asked;
      if (bot.toLowerCase() !== ctx.me.username.toLowerCase()) return;
      if (name.toLowerCase() === 'ask') await post(ctx, message, rest.trim(), true);
      else await command(ctx, name.toLowerCase(), rest.trim());
      return;
    }
    const answered = await answeredBy(message);
    if (await denyBy(ctx, answered, text)) return;
    await post(ctx, message, text, false);
  }

  /** Says in `main` what somebody wrote there. */
  async function post(ctx: Context, message: Message, text: string, read_only: boolean): Promise<void> {
    const { identity } = await askerOf(ctx, 'post', 'message');
    if (!isTeamChat(ctx)) {
      throw new ChatError(
        'bad_frame',
        'Here I only bring what agents ask you. To talk to all, write in the chat of the team.',
      );
    }
    if (text === '') {
      const why = read_only ? 'Say whom and what: /ask @NAME TEXT' : 'Only text is brought to the chat.';
      throw new ChatError('text_blank', why);
    }
    const place = placeOf(message);
    const reply_to = await answeredBy(message);
    const { notice } = await messages.post({
      sender: identity.user_id,
      text,
      conversation_id: 'main',
      reply_to,
      thread_id: await threadOf(reply_to),
      read_only,
      client_message_id: `${saidThere}${place.chat_id}:${place.copy_id}`,
      copy: place,
    });
    if (notice !== null) await reply(ctx, `ℹ️ ${escapeHtml(notice.message)}`);
  }

  /** The thread that a reply belongs to: that of what it answers, or the one that hangs from it. */
  async function threadOf(answered: number | null): Promise<number | null> {
    const message = answered === null ? null : await store.readMessage(answered);
    return message === null ? null : (message.thread_id ?? (message.thread === null ? null : message.id));
  }

  /** The message here that one there replies to: of several that it shows, the last. */
  async function answeredBy({ reply_to_message: answered }: Message): Promise<number | null> {
    if (answered === undefined) return null;
    const known = await store.readCopy(placeOf(answered));
    if (known.length > 0 || answered.from?.is_bot !== true) return known.at(-1) ?? null;
    // Whoever answers at once may be faster than the note of where it is.
    await Promise.race([settled(), wait(settledPatienceMs, undefined, { ref: false })]);
    return (await store.readCopy(placeOf(answered))).at(-1) ?? null;
  }

  async function hearEdit(ctx: Context): Promise<void> {
    const edited = ctx.editedMessage;
    if (edited === undefined || !isTeamChat(ctx)) return;
    const [message_id] = await store.readCopy(placeOf(edited));
    const said = withoutBotName(edited.text ?? edited.caption ?? '', ctx.me.username);
    const text = said.replace(/^\/ask(?:@\w+)?\s+/i, '');
    if (message_id === undefined || text === '') return;
    const { identity } = await askerOf(ctx, 'post', 'message');
    const { notice } = await messages.edit({ message_id, text }, identity.user_id);
    if (notice !== null) await reply(ctx, `ℹ️ ${escapeHtml(notice.message)}`);
  }

  async function hearTap(ctx: Context): Promise<void> {
    const tap = readTap(ctx.callbackQuery?.data ?? '');
    if (tap === undefined) throw new ChatError('bad_frame', 'That button is of an older version.');
    const { identity, by } = await askerOf(ctx, 'approve', 'message');
    const { approval_id, answer } = tap;
    const how = typeof answer === 'number' ? { option_id: await optionOf(approval_id, answer) } : { answer };
    const card = await approvals.answer({ approval_id, ...how, sentence: '' }, identity, by);
    const words = card.status === 'denied' ? 'Denied' : 'Allowed';
    await ctx.answerCallbackQuery({ text: chosenName(card) ?? words });
  }

  /** The option that a button is for, by its place among them. */
  async function optionOf(approvalId: number, index: number): Promise<string> {
    const option = (await store.readApproval(approvalId))?.options?.[index];
    if (option === undefined) throw new ChatError('not_found', 'That is not asked any more.');
    return option.option_id;
  }

  const alert = (ctx: Context, text: string) =>
    ctx.answerCallbackQuery({
      text: withoutTags(text).slice(0, alertCharsMax),
      show_alert: true,
    });
  bot.on('message', answering('a message', hearMessage, reply));
  bot.on('edited_message', answering('an edit', hearEdit, reply));
  bot.on('callback_query:data', answering('a button', hearTap, alert));
}

const settledPatienceMs = 1_000;
/** https://core.telegram.org/bots/api#answercallbackquery */
const alertCharsMax = 200;

/** Sees what everybody may see: what is answered in a group is read by all of it. */
const nobody = { user_id: '', kind: 'person' } as const;

function accountOf(from: User | undefined): string {
  return `telegram:${from?.id ?? 'nobody'}`;
}

function deviceOf(from: User | undefined): string {
  return `Telegram, ${from?.username === undefined ? (from?.first_name ?? '') : `@${from.username}`}`;
}

function actorOf(from: User | undefined, identity: Identity | null): Actor {
  return { actor: identity?.user_id ?? null, address: accountOf(from), device: deviceOf(from) };
}

function placeOf({ chat, message_id }: { chat: { id: number }; message_id: number }): CopyPlace {
  return { chat_id: chat.id, copy_id: message_id };
}

/** Somebody joined, the title changed: nobody says anything. */
function isService({ text, caption, ...rest }: Message): boolean {
  if (text !== undefined || caption !== undefined) return false;
  return ![
    'photo',
    'document',
    'voice',
    'audio',
    'video',
    'sticker',
    'video_note',
    'animation',
    'location',
  ].some((kind) => kind in rest);
}

/** In a group whose messages a bot does not see, people mention it first. */
function withoutBotName(text: string, username: string): string {
  const trimmed = text.trim();
  const [first = ''] = trimmed.split(/\s/, 1);
  return first.toLowerCase() === `@${username.toLowerCase()}` ? trimmed.slice(first.length).trim() : trimmed;
}

async function reply(ctx: Context, html: string): Promise<void> {
  const message_id = ctx.msgId;
  await ctx.reply(html, {
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
    ...(message_id === undefined
      ? {}
      : { reply_parameters: { message_id, allow_sending_without_reply: true } }),
  });
}
