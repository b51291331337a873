import { Ellipsis, Pin } from 'lucide-react';
import { type FocusEvent, type KeyboardEvent, type PointerEvent, useCallback, useState } from 'react';
import { type ChatMessage, isSameName } from '../../../src/protocol/index.ts';
import { MessageBoundary } from '../errors/message-boundary.tsx';
import { clockTime, fullTime } from '../lib/time.ts';
import { useAppState } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { Byline } from '../message/byline.tsx';
import { DeleteDialog } from '../message/delete-dialog.tsx';
import { MessageBody } from '../message/message-body.tsx';
import { MessageSheet } from '../message/message-sheet.tsx';
import { MessageToolbar } from '../message/message-toolbar.tsx';
import { useMessageActions } from '../message/use-message-actions.ts';
import type { Place } from '../state/place.ts';
import { Avatar } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';

interface MessageItemProps {
  readonly message: ChatMessage;
  readonly place: Place;
  /** Stands under the name of the message before. */
  readonly continued: boolean;
}

/** What is open for a message besides itself. */
type Open = 'menu' | 'picker' | 'sheet' | 'delete' | null;

export function MessageItem({ message, place, continued }: MessageItemProps) {
  const self = useAppState((state) => state.self.user_id);
  const mayReact = useMay('post');
  const editing = useAppState(({ editing: now }) => now?.message_id === message.id && now.place === place);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [open, setOpen] = useState<Open>(null);
  const askToDelete = useCallback(() => setOpen('delete'), []);
  const actions = useMessageActions(message, place, askToDelete);
  const forSelf = message.sender_name !== self && message.mentions.some((name) => isSameName(name, self));
  const active = (pointed || focused || open === 'menu' || open === 'picker') && !editing;

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions.find(({ key }) => key === event.key);
    if (action) action.run();
    else if (event.key === 'r' && mayReact && !message.deleted) setOpen('picker');
    else return;
    event.preventDefault();
  }

  return (
    <article
      data-testid="message-item"
      data-message-id={message.id}
      tabIndex={-1}
      aria-label={`${message.sender_name}, ${clockTime(message.timestamp)}`}
      onKeyDown={onKeyDown}
      onPointerEnter={(event: PointerEvent) => setPointed(event.pointerType === 'mouse')}
      onPointerLeave={() => setPointed(false)}
      onFocus={(event: FocusEvent) => setFocused(event.target.matches(':focus-visible'))}
      onBlur={(event: FocusEvent) => setFocused(event.currentTarget.contains(event.relatedTarget))}
      className={classNames(
        'message group relative grid grid-cols-[2.25rem_minmax(0,1fr)] gap-x-3 px-4 md:px-6',
        '-outline-offset-2',
        continued ? 'py-0.5' : 'pt-2 pb-0.5',
        forSelf ? 'bg-warn-soft/60' : 'hover:bg-rail',
        message.pinned && 'shadow-[inset_2px_0_var(--accent)]',
      )}
    >
      {continued ? (
        <time
          dateTime={message.timestamp}
          title={fullTime(message.timestamp)}
          className={classNames(
            '-ml-3.5 pt-0.75 text-right text-[0.6875rem] whitespace-nowrap text-faint opacity-0',
            'group-hover:opacity-100',
          )}
        >
          {clockTime(message.timestamp)}
        </time>
      ) : (
        <Avatar name={message.sender_name} kind={message.sender_kind} />
      )}
      <div className="max-w-3xl min-w-0 pointer-coarse:pr-7">
        {message.pinned && (
          <p className="flex items-center gap-1 text-xs text-faint">
            <Pin aria-hidden="true" className="size-3" /> Pinned
          </p>
        )}
        {!continued && <Byline message={message} />}
        <MessageBoundary message={message}>
          <MessageBody message={message} place={place} editing={editing} continued={continued} />
        </MessageBoundary>
      </div>
      <button
        type="button"
        aria-label="Message actions"
        onClick={() => setOpen('sheet')}
        className="absolute top-1.5 right-2 hidden size-8 place-items-center text-faint pointer-coarse:grid"
      >
        <Ellipsis aria-hidden="true" className="size-4" />
      </button>
      {active && (
        <MessageToolbar
          message={message}
          actions={actions}
          picking={open === 'picker'}
          onPicking={(picking) => setOpen(picking ? 'picker' : null)}
          onMenu={(menu) => setOpen((now) => (menu ? 'menu' : now === 'menu' ? null : now))}
        />
      )}
      {open === 'sheet' && <MessageSheet message={message} actions={actions} onClose={() => setOpen(null)} />}
      {open === 'delete' && <DeleteDialog message={message} onClose={() => setOpen(null)} />}
    </article>
  );
}
