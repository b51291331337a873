import { z } from 'zod';
import { type Setting, text, yes, yesAllowed } from './setting-schemas.ts';
import { transportTypes } from './transports/chat-transport.ts';

/** How people reach the chat: a part of the table in settings.ts. */
export const transportSettings = {
  transport: {
    flag: '--transport <name>',
    env: ['OPENCODE_TRANSPORT'],
    schema: z.enum(transportTypes),
    default: undefined,
    defaultText: 'telegram if its token and chat are set, else websocket',
    doc: 'how people reach the chat; telegram: by Telegram too',
    allowed: 'websocket or telegram',
  },
  telegramBotToken: {
    env: ['TELEGRAM_BOT_TOKEN'],
    schema: text.regex(/^\d+:[\w-]+$/),
    default: undefined,
    defaultText: 'none',
    doc: 'the token of the bot by which the chat is on Telegram',
    allowed: 'what @BotFather gave, such as 123456:ABC-DEF',
    secret: true,
  },
  telegramChatId: {
    env: ['TELEGRAM_CHAT_ID'],
    schema: z.coerce.number().int(),
    default: undefined,
    defaultText: 'none',
    doc: 'the Telegram chat of the team: a group that the bot is in, or one person',
    allowed: 'the number of a chat, such as -1001234567890',
  },
  telegramApiRoot: {
    env: ['TELEGRAM_API_ROOT'],
    schema: z.url({ protocol: /^https?$/ }),
    default: 'https://api.telegram.org',
    doc: "Telegram's Bot API, or a Bot API server of your own",
    allowed: 'an address that begins with https:// or http://',
  },
  safeMode: {
    env: ['OPENCODE_SAFE_MODE'],
    schema: yes,
    default: 'false',
    doc: 'goes to no other service by itself: Telegram is used only where --transport says so',
    allowed: yesAllowed,
  },
} as const satisfies Record<string, Setting>;
