import { Reply } from 'lucide-react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { answeredBy } from '../state/answered.ts';
import type { Place } from '../state/place.ts';
import { useView } from '../view.ts';

const quotedCharsMax = 160;

interface ReplyQuoteProps {
  readonly message: ChatMessage;
  readonly place: Place;
}

/** Above a message that answers another one which does not stand right before it; leads there. */
export function ReplyQuote({ message, place }: ReplyQuoteProps) {
  const answered = useAppState((state) => answeredBy(state, message, place));
  const { go } = useView();
  if (answered === null || message.reply_to === null) return null;
  const where = {
    conversationId: place.conversation_id,
    threadId: place.thread_id,
    messageId: message.reply_to,
  };
  return (
    <button
      type="button"
      data-testid="reply-quote"
      onClick={() => go(where)}
      title="Go to the message that this answers"
      className="flex max-w-full items-center gap-1.5 text-left text-xs text-faint hover:text-ink"
    >
      <Reply aria-hidden="true" className="size-3.5 shrink-0" />
      <span dir="auto" className="truncate">
        {answered === 'elsewhere' ? (
          'Answers an earlier message'
        ) : (
          <>
            <bdi className="font-medium text-soft">{answered.sender_name}:</bdi>{' '}
            <bdi>{excerpt(answered)}</bdi>
          </>
        )}
      </span>
    </button>
  );
}

function excerpt({ text, deleted }: ChatMessage): string {
  return deleted ? 'This message was deleted.' : text.slice(0, quotedCharsMax).replace(/\s+/g, ' ');
}
