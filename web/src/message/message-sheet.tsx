import { Dialog as Radix } from 'radix-ui';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { classNames } from '../ui/class-names.ts';
import { emojis } from './emojis.ts';
import type { MessageAction } from './use-message-actions.ts';

interface MessageSheetProps {
  readonly message: ChatMessage;
  readonly actions: readonly MessageAction[];
  readonly onClose: () => void;
}

const offeredMax = 24;

/** The same for fingers: a sheet from below. */
export function MessageSheet({ message, actions, onClose }: MessageSheetProps) {
  const { acts } = useLive();
  const mayReact = useMay('post');
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <div aria-hidden="true" className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className={classNames(
            'fixed inset-x-0 bottom-0 z-50 animate-arrive rounded-t-2xl border-t border-line bg-raised',
            'px-3 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] shadow-float focus:outline-none',
          )}
        >
          <Radix.Title className="sr-only">Message actions</Radix.Title>
          {!message.deleted && mayReact && (
            <div className="flex gap-1 overflow-x-auto pb-2">
              {emojis.slice(0, offeredMax).map(({ emoji, words }) => (
                <button
                  key={emoji}
                  type="button"
                  aria-label={`React with ${words}`}
                  onClick={() => {
                    acts.react(message, emoji);
                    onClose();
                  }}
                  className="grid size-11 shrink-0 place-items-center rounded-full bg-sunken text-xl"
                >
                  {emoji}
                </button>
              ))}
            </div>
          )}
          {actions.map(({ label, icon: Icon, danger, run }) => (
            <button
              key={label}
              type="button"
              onClick={() => {
                onClose();
                requestAnimationFrame(run);
              }}
              className={classNames(
                'flex h-12 w-full items-center gap-3.5 rounded-xl px-3 text-left hover:bg-hover',
                danger && 'text-bad',
              )}
            >
              <Icon aria-hidden="true" className="size-5 opacity-75" />
              {label}
            </button>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
