import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Params, paramsOf, Refusal, reply } from './telegram-calls.ts';

/**
 * Telegram's servers as far as a bot sees them (https://core.telegram.org/bots/api): chats with what is in
 * them now, people who write and tap, updates that wait until the bot asks for them, and every way in which a
 * call can fail. It takes HTML only with the tags that Telegram knows, and refuses what Telegram refuses.
 */
export interface TelegramServer {
  readonly url: string;
  readonly token: string;
  /** What a chat shows, in order. */
  posts(chatId?: number): Post[];
  /** The first post, past or to come, that fits as it is then. */
  shown(fits: (post: Post) => boolean, chatId?: number): Promise<Post>;
  /** Resolves when no post fits. */
  gone(fits: (post: Post) => boolean, chatId?: number): Promise<void>;
  /** Somebody writes; in the group unless another chat is named. */
  write(from: TelegramPerson, text: string, where?: { chatId?: number; replyTo?: Post; photo?: true }): Post;
  edit(post: Post, text: string): void;
  /** Somebody taps a button. Resolves with what the bot answers to that. */
  tap(from: TelegramPerson, post: Post, button: string): Promise<TapAnswer>;
  /** How often the bot called a method. */
  calls(method: string): number;
  /** Resolves when a method was called so often. */
  called(method: string, times: number): Promise<void>;
  /** The next calls of a method fail: with Telegram's own error, or without an answer. */
  fail(method: string, ...failures: Failure[]): void;
  /** Nobody answers, until it is back. */
  vanish(): void;
  comeBack(): void;
  /** The bot is no member any more, and is one again. */
  kick(): void;
  takeIn(): void;
  /** The group became a larger one, with another number. */
  move(to: number): void;
  /** What the bot is besides a member of the group. */
  bot: { seesAll: boolean; isAdmin: boolean };
}

export interface TelegramPerson {
  readonly id: number;
  readonly first_name: string;
  readonly username?: string;
}

export interface Post {
  readonly chatId: number;
  readonly id: number;
  readonly from: 'bot' | TelegramPerson;
  /** As the bot wrote it, with its markup. */
  text: string;
  readonly replyTo: number | null;
  buttons: readonly { readonly text: string; readonly callback_data: string }[];
  /** Of a file. */
  readonly file: string | null;
}

export interface TapAnswer {
  readonly text: string;
  readonly show_alert: boolean;
}

export type Failure =
  | { readonly error_code: number; readonly description: string; readonly parameters?: object }
  | 'no answer';

export const group = -1001;
export const botName = 'slack_test_bot';
const botId = 4242;
const textCharsMax = 4096;
const knownTags = /<\/?(?:b|i|s|u|code|pre|blockquote|a)(?: (?:class|href)="[^"<>]*")?>/g;

export async function startTelegramServer(): Promise<TelegramServer> {
  const token = '123456:a-token_of-a-test';
  const posts: Post[] = [];
  const updates: { update_id: number; [kind: string]: unknown }[] = [];
  const taps = new Map<string, (answer: TapAnswer) => void>();
  const calls = new Map<string, number>();
  const failures = new Map<string, Failure[]>();
  const watching = new Set<() => void>();
  const bot = { seesAll: true, isAdmin: false };
  let isMember = true;
  let movedTo: number | undefined;
  let isThere = true;
  let ids = 0;

  const http = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  // It ends with the process: a server under test shall find Telegram until its own end.
  http.unref();
  http.on('connection', (socket) => socket.unref());

  /** Whoever watches hears of it when the bot has its answer. */
  function changed(): void {
    setImmediate(() => {
      for (const look of [...watching]) look();
    });
  }

  /** Looks now and after each change. */
  function until<T>(look: () => T | undefined, what: string): Promise<T> {
    const found = look();
    if (found !== undefined) return Promise.resolve(found);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const again = () => {
      const now = look();
      if (now === undefined) return;
      watching.delete(again);
      clearTimeout(tooLate);
      resolve(now);
    };
    watching.add(again);
    const tooLate = setTimeout(() => {
      watching.delete(again);
      reject(new Error(`${what} did not come. There is: ${JSON.stringify(posts, null, 1)}`));
    }, patienceMs);
    return promise;
  }

  function update(kind: string, content: object): void {
    ids += 1;
    updates.push({ update_id: ids, [kind]: content });
    changed();
  }

  function chatOf(id: number) {
    return id < 0 ? { id, type: 'supergroup', title: 'The team' } : { id, type: 'private', first_name: 'X' };
  }

  function asMessage(post: Post): object {
    const from =
      post.from === 'bot'
        ? { id: botId, is_bot: true, first_name: 'Slack', username: botName }
        : { ...post.from, is_bot: false };
    const answered = posts.find(({ chatId, id }) => chatId === post.chatId && id === post.replyTo);
    return {
      message_id: post.id,
      date: 1,
      chat: chatOf(post.chatId),
      from,
      ...(post.file === 'photo' ? { photo: [], caption: post.text || undefined } : { text: post.text }),
      ...(answered === undefined ? {} : { reply_to_message: asMessage(answered) }),
    };
  }

  function requireChat(id: unknown): number {
    const chatId = Number(id);
    if (chatId === group && movedTo !== undefined) {
      const why = 'Bad Request: group chat was upgraded to a supergroup chat';
      throw new Refusal(400, why, { migrate_to_chat_id: movedTo });
    }
    const isKnown = [group, movedTo].includes(chatId) || posts.some((post) => post.chatId === chatId);
    if (!isKnown) throw new Refusal(400, 'Bad Request: chat not found');
    if (chatId === group && !isMember) {
      throw new Refusal(403, 'Forbidden: bot was kicked from the supergroup chat');
    }
    return chatId;
  }

  function checkText(text: string, mode: unknown): string {
    if (mode === 'HTML' && /[<>]/.test(text.replaceAll(knownTags, ''))) {
      throw new Refusal(400, "Bad Request: can't parse entities: Unsupported start tag at byte offset 1");
    }
    const shown = mode === 'HTML' ? text.replaceAll(knownTags, '') : text;
    if (shown.trim() === '') throw new Refusal(400, 'Bad Request: message text is empty');
    if (shown.length > textCharsMax) throw new Refusal(400, 'Bad Request: message is too long');
    return text;
  }

  const buttonsOf = ({ reply_markup }: Params): Post['buttons'] => {
    const markup = typeof reply_markup === 'string' ? JSON.parse(reply_markup) : reply_markup;
    return (markup as { inline_keyboard?: Post['buttons'][] } | undefined)?.inline_keyboard?.flat() ?? [];
  };

  function add(post: Omit<Post, 'id'>): Post {
    ids += 1;
    const added = { ...post, id: ids };
    posts.push(added);
    changed();
    return added;
  }

  function own(params: Params): Post {
    const chatId = requireChat(params.chat_id);
    const found = posts.find(({ id, chatId: at }) => at === chatId && id === Number(params.message_id));
    if (found === undefined) throw new Refusal(400, 'Bad Request: message to edit not found');
    return found;
  }

  function change(params: Params, text: unknown): object {
    const post = own(params);
    if (post.from !== 'bot') throw new Refusal(400, "Bad Request: message can't be edited");
    const buttons = buttonsOf(params);
    const next = checkText(String(text), params.parse_mode);
    if (post.text === next && JSON.stringify(buttons) === JSON.stringify(post.buttons)) {
      throw new Refusal(
        400,
        'Bad Request: message is not modified: specified new message content is the same',
      );
    }
    post.text = next;
    post.buttons = buttons;
    changed();
    return asMessage(post);
  }

  const methods: Record<string, (params: Params) => unknown> = {
    getMe: () => ({
      id: botId,
      is_bot: true,
      first_name: 'Slack',
      username: botName,
      can_join_groups: true,
      can_read_all_group_messages: bot.seesAll,
      supports_inline_queries: false,
    }),
    getChat: ({ chat_id }) => chatOf(requireChat(chat_id)),
    getChatMember: () => ({ status: bot.isAdmin ? 'administrator' : 'member', user: { id: botId } }),
    setMyCommands: () => true,
    deleteWebhook: () => true,
    async getUpdates({ offset, timeout }) {
      const from = Number(offset ?? 0);
      while (updates[0] !== undefined && updates[0].update_id < from) updates.shift();
      if (updates.length === 0 && Number(timeout ?? 0) > 0) {
        await new Promise<void>((resolve) => {
          const look = () => {
            if (updates.length === 0 && isThere) return;
            watching.delete(look);
            resolve();
          };
          watching.add(look);
        });
      }
      return [...updates];
    },
    sendMessage(params) {
      const chatId = requireChat(params.chat_id);
      const reply = params.reply_parameters as { message_id: number } | undefined;
      const isThat = posts.some(({ chatId: at, id }) => at === chatId && id === reply?.message_id);
      return asMessage(
        add({
          ...{ chatId, from: 'bot', text: checkText(String(params.text), params.parse_mode), file: null },
          replyTo: isThat ? (reply?.message_id ?? null) : null,
          buttons: buttonsOf(params),
        }),
      );
    },
    sendDocument(params) {
      const caption = checkText(String(params.caption), params.parse_mode);
      if (caption.length > 2 * 1024) throw new Refusal(400, 'Bad Request: message caption is too long');
      const chatId = requireChat(params.chat_id);
      const file = String(params.file);
      return asMessage(
        add({ chatId, from: 'bot', text: caption, replyTo: null, buttons: buttonsOf(params), file }),
      );
    },
    editMessageText: (params) => change(params, params.text),
    editMessageCaption: (params) => change(params, params.caption),
    deleteMessage(params) {
      const post = own(params);
      if (post.from !== 'bot' && !bot.isAdmin) {
        throw new Refusal(400, "Bad Request: message can't be deleted");
      }
      posts.splice(posts.indexOf(post), 1);
      changed();
      return true;
    },
    answerCallbackQuery({ callback_query_id, text, show_alert }) {
      taps.get(String(callback_query_id))?.({ text: String(text), show_alert: show_alert === true });
      return true;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const params = await paramsOf(request);
    const [, given, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
    calls.set(method, (calls.get(method) ?? 0) + 1);
    changed();
    const failure = isThere ? failures.get(method)?.shift() : 'no answer';
    if (failure === 'no answer') {
      response.destroy();
      return;
    }
    try {
      if (failure !== undefined) {
        reply(response, failure.error_code, { ok: false, ...failure });
        return;
      }
      if (given !== token) throw new Refusal(401, 'Unauthorized');
      const run = methods[method];
      if (run === undefined) throw new Refusal(404, 'Not Found');
      const result = await run(params);
      if (isThere) reply(response, 200, { ok: true, result });
      else response.destroy();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message: description, parameters } = error;
      reply(response, code, { ok: false, error_code: code, description, parameters });
    }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    token,
    bot,
    posts: (chatId = group) => posts.filter((post) => post.chatId === chatId),
    shown: (fits, chatId = group) =>
      until(() => posts.find((post) => post.chatId === chatId && fits(post)), 'what was waited for'),
    gone: async (fits, chatId = group) => {
      await until(
        () => (posts.some((post) => post.chatId === chatId && fits(post)) ? undefined : true),
        'the end of it',
      );
    },
    write(from, text, { chatId = group, replyTo, photo } = {}) {
      const file = photo === true ? 'photo' : null;
      const post = add({ chatId, from, text, replyTo: replyTo?.id ?? null, buttons: [], file });
      update('message', asMessage(post));
      return post;
    },
    edit(post, text) {
      post.text = text;
      update('edited_message', asMessage(post));
    },
    tap(from, post, button) {
      const pressed = post.buttons.find(({ text }) => text.includes(button));
      if (pressed === undefined) throw new Error(`There is no button "${button}".`);
      ids += 1;
      const id = `tap${ids}`;
      const { promise, resolve } = Promise.withResolvers<TapAnswer>();
      taps.set(id, resolve);
      const data = pressed.callback_data;
      const query = { id, from: { ...from, is_bot: false }, chat_instance: '1', data };
      update('callback_query', { ...query, message: asMessage(post) });
      return promise;
    },
    calls: (method) => calls.get(method) ?? 0,
    called: async (method, times) => {
      await until(() => ((calls.get(method) ?? 0) >= times ? true : undefined), `call ${times} of ${method}`);
    },
    fail: (method, ...more) => void failures.set(method, [...(failures.get(method) ?? []), ...more]),
    vanish() {
      isThere = false;
      http.closeAllConnections();
      changed();
    },
    comeBack() {
      isThere = true;
    },
    kick() {
      isMember = false;
    },
    takeIn() {
      isMember = true;
    },
    move(to) {
      movedTo = to;
    },
  };
}

const patienceMs = 30_000;
