import type { ReactNode } from 'react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { copyText } from '../lib/copy.ts';
import { Button } from '../ui/button.tsx';
import { ErrorBoundary } from './error-boundary.tsx';

interface MessageBoundaryProps {
  readonly message: ChatMessage;
  readonly children: ReactNode;
}

/** A message that cannot be shown as it should be shows its plain text; the messages around it go on. */
export function MessageBoundary({ message, children }: MessageBoundaryProps) {
  return (
    <ErrorBoundary subject={message} fallback={() => <PlainMessage message={message} />}>
      {children}
    </ErrorBoundary>
  );
}

/** Its fields may not be what they should be, or the message could have been shown. */
function PlainMessage({ message }: { readonly message: ChatMessage }) {
  const text: unknown = message.text;
  const hasText = typeof text === 'string' && text !== '';
  return (
    <div data-testid="plain-message" className="py-1">
      {hasText && (
        <p dir="auto" className="[overflow-wrap:anywhere] whitespace-pre-wrap">
          {text}
        </p>
      )}
      <p className="flex flex-wrap items-center gap-x-2 text-sm text-faint">
        {hasText ? 'This message could not be formatted.' : 'This message cannot be shown.'}
        <Button
          look="quiet"
          size="small"
          onClick={() => void copyText(hasText ? text : JSON.stringify(message))}
        >
          Copy
        </Button>
      </p>
    </div>
  );
}
