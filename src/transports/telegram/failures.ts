import { type Api, GrammyError, HttpError } from 'grammy';

/**
 * Why a call of the Bot API failed.
 * unreached: nobody answered, or Telegram had a fault of its own; later it may work.
 * shut: the bot may not be there: its token is wrong, or it is not in the chat. It may be let in again.
 * moved: the group became a larger one, which has another number.
 * markup: Telegram does not take the text as it is marked up.
 * refused: this very call is wrong, and stays so.
 * same: nothing is changed by it.
 */
export type Failure =
  | { readonly kind: 'unreached' | 'shut' | 'markup' | 'refused' | 'same'; readonly reason: string }
  | { readonly kind: 'moved'; readonly to: number; readonly reason: string };

/** Whether Telegram, or the way to it, is why something failed. */
export function isOfTelegram(error: unknown): boolean {
  return error instanceof HttpError || error instanceof GrammyError;
}

/** Errors of the network have the bot's token in the address that they name: only our words are told. */
export function failureOf(error: unknown): Failure {
  if (error instanceof HttpError) return { kind: 'unreached', reason: 'Telegram was not reached' };
  if (!(error instanceof GrammyError)) throw error;
  const { error_code, description: reason, parameters } = error;
  if (parameters.migrate_to_chat_id !== undefined) {
    return { kind: 'moved', to: parameters.migrate_to_chat_id, reason };
  }
  if (error_code >= 500 || error_code === 409 || error_code === 429) return { kind: 'unreached', reason };
  if (error_code === 401 || error_code === 403 || error_code === 404 || /chat not found/i.test(reason)) {
    return { kind: 'shut', reason };
  }
  if (/message is not modified/i.test(reason)) return { kind: 'same', reason };
  return { kind: /can't parse/i.test(reason) ? 'markup' : 'refused', reason };
}

/** The bot may not be where it should be: nothing goes there until somebody does something about it. */
export class ShutOut extends Error {
  override readonly name = 'ShutOut';
}

/** The library's types name a polyfill of what Node has itself; it takes Node's. */
export function asPolyfill(signal: AbortSignal): Parameters<Api['getMe']>[0] {
  return signal as unknown as Parameters<Api['getMe']>[0];
}
