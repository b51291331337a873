import { MessageSquareText, SmilePlus } from 'lucide-react';
import { Popover } from 'radix-ui';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { popup } from '../ui/looks.ts';
import { EmojiPicker } from './emoji-picker.tsx';
import { quickEmojis } from './emojis.ts';
import { MessageMenu } from './message-menu.tsx';
import type { MessageAction } from './use-message-actions.ts';

interface MessageToolbarProps {
  readonly message: ChatMessage;
  readonly actions: readonly MessageAction[];
  readonly picking: boolean;
  readonly onPicking: (picking: boolean) => void;
  readonly onMenu: (open: boolean) => void;
}

/** What can be done with a message, above its corner, while one points at it or has the focus in it. */
export function MessageToolbar({ message, actions, picking, onPicking, onMenu }: MessageToolbarProps) {
  const { acts } = useLive();
  const mayReact = useMay('post');
  const reply = actions.find(({ key }) => key === 't');
  return (
    <div
      role="toolbar"
      aria-label="Message actions"
      className={classNames(
        'absolute -top-4 right-4 z-10 flex rounded-xl border border-line-strong bg-raised p-0.5',
        'shadow-card pointer-coarse:hidden',
      )}
    >
      {!message.deleted && mayReact && (
        <>
          {quickEmojis.map((emoji) => (
            <IconButton
              key={emoji}
              label={`React with ${emoji}`}
              className="text-base"
              onClick={() => acts.react(message, emoji)}
            >
              <span aria-hidden="true">{emoji}</span>
            </IconButton>
          ))}
          <Popover.Root open={picking} onOpenChange={onPicking}>
            <Popover.Trigger asChild>
              <IconButton label="More reactions">
                <SmilePlus aria-hidden="true" className="size-4" />
              </IconButton>
            </Popover.Trigger>
            <Popover.Portal>
              <Popover.Content
                align="end"
                sideOffset={6}
                collisionPadding={8}
                aria-label="Reactions"
                className={`p-2 ${popup}`}
              >
                <EmojiPicker
                  onPick={(emoji) => {
                    onPicking(false);
                    acts.react(message, emoji);
                  }}
                />
              </Popover.Content>
            </Popover.Portal>
          </Popover.Root>
        </>
      )}
      {reply && (
        <IconButton label={reply.label} onClick={reply.run}>
          <MessageSquareText aria-hidden="true" className="size-4" />
        </IconButton>
      )}
      <MessageMenu actions={actions.filter((action) => action !== reply)} onOpenChange={onMenu} />
    </div>
  );
}
