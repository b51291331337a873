import type { TestContext } from 'node:test';
import { type House, openHouse } from '../support/played-worker.ts';
import { ask, bearer, tokenFor } from '../support/sign-in.ts';
import {
  group,
  startTelegramServer,
  type TelegramPerson,
  type TelegramServer,
} from '../support/telegram-server.ts';

/** A server that is on Telegram, with an agent whose worker is a script. */
export interface TelegramRoom extends House {
  readonly telegram: TelegramServer;
  /** Makes the account a member's, by a link as the page makes it. */
  link(person: TelegramPerson, user_id: string, role?: string): Promise<void>;
  /** Asks by REST, as an admin. */
  rest(method: string, path: string, body?: unknown): ReturnType<typeof ask>;
}

export const anna: TelegramPerson = { id: 11, first_name: 'Anna', username: 'anna_tg' };
export const ben: TelegramPerson = { id: 12, first_name: 'Ben' };

/** Resolves when the group has heard all that was said so far. */
export async function openTelegramRoom(t: TestContext, flags: object = {}): Promise<TelegramRoom> {
  const telegram = await startTelegramServer();
  const house = await openHouse(t, flags, settingsFor(telegram));
  await telegram.shown(({ text }) => text.includes('This is the chat of'));
  const room = await onTelegram(house, telegram);
  // What was said before, the server's own words, is there with it.
  await room.rest('POST', '/chat/send', { message: 'Hello.' });
  await telegram.shown(({ text }) => text.includes('Hello.'));
  return room;
}

export function settingsFor({ token, url }: TelegramServer): Record<string, string> {
  return { TELEGRAM_BOT_TOKEN: token, TELEGRAM_CHAT_ID: String(group), TELEGRAM_API_ROOT: url };
}

export async function onTelegram(house: House, telegram: TelegramServer): Promise<TelegramRoom> {
  const admin = bearer(await tokenFor('olga', 'admin'));
  const rest: TelegramRoom['rest'] = (method, path, body) =>
    ask(house.app, method, path, body === undefined ? admin : { ...admin, body });
  return {
    ...house,
    telegram,
    rest,
    async link(person, user_id, role = 'developer') {
      const { answer } = await rest('POST', '/auth/links', { user_id, role });
      const code = new URL(String(answer.telegram_link)).searchParams.get('start');
      telegram.write(person, `/start ${code}`, { chatId: person.id });
      await telegram.shown(({ from, text }) => from === 'bot' && text.includes('You are'), person.id);
    },
  };
}
