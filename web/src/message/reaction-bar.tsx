import type { ChatMessage } from '../../../src/protocol/index.ts';
import { listNames } from '../lib/names.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { classNames } from '../ui/class-names.ts';

const namedMax = 20;

/** Who reacted how. A click joins in, or takes one's own back. */
export function ReactionBar({ message }: { readonly message: ChatMessage }) {
  const { acts } = useLive();
  const mayReact = useMay('post');
  const self = useAppState((state) => state.self.user_id);
  if (message.reactions.length === 0) return null;
  return (
    <div className="mt-1 flex flex-wrap gap-1">
      {message.reactions.map(({ emoji, members }) => {
        const mine = members.includes(self);
        const names = listNames(
          members.map((name) => (name === self ? 'you' : name)),
          namedMax,
        );
        return (
          <button
            key={emoji}
            type="button"
            disabled={!mayReact}
            aria-pressed={mine}
            aria-label={`${emoji} ${members.length}, by ${names}`}
            title={`${names} reacted with ${emoji}`}
            onClick={() => acts.react(message, emoji)}
            className={classNames(
              'inline-flex h-6.5 items-center gap-1.5 rounded-full border px-2 text-sm leading-none',
              mine
                ? 'border-accent bg-accent-soft text-accent-strong'
                : 'border-line bg-raised text-soft enabled:hover:border-line-strong',
            )}
          >
            <span aria-hidden="true">{emoji}</span>
            <span className="text-xs font-medium tabular-nums">{members.length}</span>
          </button>
        );
      })}
    </div>
  );
}
