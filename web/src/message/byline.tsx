import type { ChatMessage } from '../../../src/protocol/index.ts';
import { clockTime, fullTime } from '../lib/time.ts';
import { useAppState } from '../live/use-live.ts';
import { useView } from '../view.ts';

/** Who said it, and when. */
export function Byline({ message }: { readonly message: ChatMessage }) {
  const { openAgent } = useView();
  const role = useAppState((state) => state.members[message.sender_name]?.role);
  const isAgent = message.sender_kind === 'agent';
  return (
    <div className="flex flex-wrap items-baseline gap-x-2">
      {isAgent ? (
        <button
          dir="auto"
          type="button"
          onClick={() => openAgent(message.sender_name)}
          className="font-mono text-sm font-bold hover:underline"
        >
          {message.sender_name}
        </button>
      ) : (
        <span dir="auto" className="font-semibold">
          {message.sender_name}
        </span>
      )}
      {isAgent && (
        <span className="rounded-sm border border-line px-1 text-[0.6875rem] leading-4 text-faint">
          {role ?? 'agent'}
        </span>
      )}
      <time
        dateTime={message.timestamp}
        title={fullTime(message.timestamp)}
        className="text-xs text-faint tabular-nums"
      >
        {clockTime(message.timestamp)}
      </time>
      <Edited message={message} />
    </div>
  );
}

/** Says so when it was said otherwise at first. */
export function Edited({ message: { edited_at, deleted } }: { readonly message: ChatMessage }) {
  if (edited_at === null || deleted) return null;
  return (
    <span className="text-xs text-faint" title={`Edited ${fullTime(edited_at)}`}>
      (edited)
    </span>
  );
}
