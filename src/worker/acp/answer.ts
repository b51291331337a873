import { limits } from '../../protocol/index.ts';

/** Puts the text of a turn together, message by message. */
export interface AnswerReader {
  /** A piece of a message. Programs that name no messages speak in one until a tool is called. */
  said(text: string, messageId?: string | null): void;
  /** A tool is called. Bookkeeping, as a to-do list, changes nothing of what was said before it. */
  toolCalled(isBookkeeping: boolean): void;
  /**
   * The last message that says something. `isSummary`: what the program wrote for itself, to remember a long
   * session by.
   */
  answer(isSummary?: (messageId: string) => boolean): Answer;
}

export interface Answer {
  readonly text: string;
  /** Nothing was done after it: it is what the turn ended with. */
  readonly isLast: boolean;
}

interface Message {
  readonly id: string | null;
  text: string;
  /** Work was done after it, so that it cannot be what the turn ends with. */
  isFollowed: boolean;
}

export function createAnswerReader(): AnswerReader {
  /** In the order in which they began. */
  let messages: Message[] = [];
  let current: Message | undefined;

  function messageOf(id: string | null): Message {
    if (id === null || current?.id === id) return current ?? begin(id);
    return messages.find((message) => message.id === id && !message.isFollowed) ?? begin(id);
  }

  function begin(id: string | null): Message {
    const message: Message = { id, text: '', isFollowed: false };
    messages = [...messages.slice(1 - limits.answerMessagesMax), message];
    return message;
  }

  return {
    said(text, id = null) {
      current = messageOf(id ?? null);
      const room = limits.answerCharsMax - current.text.length;
      current.text += text.slice(0, Math.max(0, room));
    },
    toolCalled(isBookkeeping) {
      current = undefined;
      if (!isBookkeeping) for (const message of messages) message.isFollowed = true;
    },
    answer(isSummary = () => false) {
      const own = messages.filter(({ id, text }) => text.trim() !== '' && (id === null || !isSummary(id)));
      const last = own.at(-1);
      return last === undefined
        ? { text: '', isLast: false }
        : { text: last.text.trim(), isLast: !last.isFollowed };
    },
  };
}
