import type { Log } from '../lib/log.ts';
import { ChatError } from '../protocol/index.ts';
import type { ChatTransport, TelegramInfo, TransportType } from './chat-transport.ts';

/**
 * By which transport people are reached. WebSocket is always there: the page, the terminal and workers come
 * by it. With `telegram` the chat is on Telegram too; when that does not work, it falls back and says why.
 */
export interface Communication {
  type(): TransportType;
  /** null: Telegram is not set up. */
  telegram(): TelegramInfo | null;
  /** Begins with the transport that was chosen, or that there is. */
  begin(): Promise<void>;
  /** The chat was opened or closed: what is brought elsewhere stops and goes on with it. */
  setOpen(open: boolean): Promise<void>;
  /** Errors: unavailable, when it cannot be had; then all is as before. */
  switchTo(type: TransportType): Promise<void>;
  /** Telegram has ended by itself. */
  fallBack(reason: string): Promise<void>;
  close(): Promise<void>;
}

export interface CommunicationDependencies {
  readonly wanted: TransportType;
  /** undefined: its settings are missing. */
  readonly telegram: ChatTransport | undefined;
  readonly missing: string;
  readonly log: Log;
  /** Another transport is in use, for this reason if nobody chose it. */
  readonly onChange: (type: TransportType, reason: string | null) => Promise<void>;
}

export function createCommunication(dependencies: CommunicationDependencies): Communication {
  const { wanted, telegram, missing, log, onChange } = dependencies;
  let type: TransportType = 'websocket';
  let open = true;
  let work = Promise.resolve();

  /** One after another, so that two who switch at once do not leave half of each. */
  function inTurn(act: () => Promise<void>): Promise<void> {
    const done = work.then(act);
    work = done.catch(() => undefined);
    return done;
  }

  async function change(to: TransportType, reason: string | null): Promise<void> {
    if (to === type) return;
    type = to;
    await onChange(type, reason);
  }

  async function goToTelegram(): Promise<void> {
    if (telegram === undefined) throw new ChatError('unavailable', missing);
    if (open) await telegram.start();
    await change('telegram', null);
  }

  return {
    type: () => type,
    telegram: () => telegram?.info() ?? null,
    begin: () =>
      inTurn(async () => {
        if (wanted === 'websocket') return;
        try {
          await goToTelegram();
        } catch (error) {
          if (!(error instanceof ChatError)) throw error;
          log.warn(`${error.message} People reach the chat by WebSocket.`);
          await onChange('websocket', error.message);
        }
      }),
    switchTo: (to) =>
      inTurn(async () => {
        if (to === type) return;
        if (to === 'telegram') return goToTelegram();
        await telegram?.stop();
        await change('websocket', null);
      }),
    setOpen: (now) =>
      inTurn(async () => {
        open = now;
        if (type !== 'telegram') return;
        if (open) await telegram?.start();
        else await telegram?.stop();
      }),
    fallBack: (reason) =>
      inTurn(async () => {
        if (type === 'websocket') return;
        log.warn(`Telegram: ${reason}`);
        await change('websocket', reason);
      }),
    close: () => inTurn(async () => telegram?.stop()),
  };
}
