/** A way by which people reach the chat besides WebSocket, which is always there. */
export interface ChatTransport {
  /** Resolves when people are reached by it, or are tried to be. Errors: unavailable, saying what to do. */
  start(): Promise<void>;
  stop(): Promise<void>;
  info(): TelegramInfo;
}

export const transportTypes = ['websocket', 'telegram'] as const;
export type TransportType = (typeof transportTypes)[number];

/** How Telegram is, as the older servers told it. */
export interface TelegramInfo {
  readonly type: 'telegram';
  readonly connected: boolean;
  readonly is_running: boolean;
  /** The bot's name, which begins with no @; null: not known yet. */
  readonly bot: string | null;
  readonly chat_info: { readonly id: number; readonly type: string; readonly title: string } | null;
  /** What is wrong, and what to do about it; null: nothing. */
  readonly problem: string | null;
}
