import type { ChatMessage, MessageTask } from '../../../src/protocol/index.ts';

/** What the page holds of tasks, by the messages that asked for them. */
export interface Cards {
  readonly tasks: Readonly<Record<string, CardTask>>;
  /** Ids of tasks, by the message that asked for them and by the one that their thread hangs from. */
  readonly below: Readonly<Record<number, readonly string[]>>;
  /** Threads of the replies heard last: one of them may have asked for a task. */
  readonly threads: Readonly<Record<number, number>>;
  /** The last word in a thread that a card tells too, heard live: people who listen are told it. */
  readonly told: ChatMessage | null;
}

export interface CardTask extends MessageTask {
  readonly message_id: number;
  readonly conversation_id: string;
}

export const noCards: Cards = { tasks: {}, below: {}, threads: {}, told: null };
