import { basename } from 'node:path';
import type { Config } from './config.ts';
import type { Counters } from './guard/counters.ts';
import type { Log } from './lib/log.ts';
import { type Communication, createCommunication } from './transports/communication.ts';
import { cursorName } from './transports/telegram/relay.ts';
import { createTelegram, type TelegramDependencies } from './transports/telegram/telegram.ts';

type Parts = Omit<TelegramDependencies, 'token' | 'chatId' | 'apiRoot' | 'title' | 'onShutOut'>;

export interface CommunicationParts extends Parts {
  readonly config: Config;
  readonly counters: Counters;
  readonly log: Log;
  readonly projectRoot: string;
  readonly announceStatus: () => Promise<void>;
}

/** How people are reached besides by WebSocket, wired together; `begin` starts it. */
export function wireCommunication({ config, projectRoot, announceStatus, ...parts }: CommunicationParts) {
  const { messages, store, log } = parts;
  const { telegramBotToken: token, telegramChatId: chatId, telegramApiRoot: apiRoot } = config;
  const isSetUp = token !== undefined && chatId !== undefined;
  const orLog = (error: unknown) => log.error({ err: error }, 'could not say how people are reached');
  const telegram = isSetUp
    ? createTelegram({
        ...parts,
        ...{ token, chatId, apiRoot },
        title: basename(projectRoot),
        onShutOut: (reason) => void communication.fallBack(reason).catch(orLog),
      })
    : undefined;

  /** Whoever goes there again begins anew; until then nothing is kept for it. */
  const forget = () => store.saveCursor(cursorName, null);

  async function tellChange(type: ReturnType<Communication['type']>, reason: string | null): Promise<void> {
    if (type === 'websocket') await forget();
    if (reason !== null) {
      await messages.announce(
        `The chat is not on Telegram. ${reason}`,
        `telegram-ended-${parts.clock.now()}`,
      );
    }
    await announceStatus();
  }

  const communication = createCommunication({
    wanted: config.transport,
    telegram,
    missing: `Telegram needs ${token === undefined ? 'TELEGRAM_BOT_TOKEN' : 'TELEGRAM_CHAT_ID'} to be set.`,
    log,
    onChange: tellChange,
  });
  return {
    communication,
    async begin() {
      if (config.transport === 'websocket') await forget();
      else await communication.begin();
    },
  };
}
