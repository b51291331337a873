import { FileLock, Menu, Pin, Search, Users } from 'lucide-react';
import type { ConversationView } from '../../../src/protocol/index.ts';
import { ConversationIcon } from '../conversations/conversation-icon.tsx';
import { useAppState } from '../live/use-live.ts';
import { isWaitedFor } from '../state/approval-state.ts';
import { titleOf } from '../state/conversation-list.ts';
import { IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { useView } from '../view.ts';
import { ChannelMenu } from './channel-menu.tsx';

interface RoomHeaderProps {
  readonly conversation: ConversationView;
  readonly onOpenSidebar: (() => void) | null;
}

/** Which conversation this is, who is in it, and what can be done with it as a whole. */
export function RoomHeader({ conversation, onOpenSidebar }: RoomHeaderProps) {
  const { openPanel } = useView();
  const self = useAppState((state) => state.self.user_id);
  const count = useAppState((state) => conversation.members?.length ?? Object.keys(state.members).length);
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4 md:pr-4 md:pl-6">
      {onOpenSidebar && <TeamButton onClick={onOpenSidebar} />}
      <h1 className="flex min-w-0 flex-1 items-center gap-2 font-semibold tracking-tight">
        <ConversationIcon conversation={conversation} className="size-4 text-faint" />
        <span dir="auto" className="truncate">
          {titleOf(conversation, self)}
        </span>
      </h1>
      <button
        type="button"
        onClick={() => openPanel({ kind: 'members' })}
        aria-label={`${count} members`}
        title="Members"
        className={classNames(
          'flex h-8 items-center gap-1.5 rounded-lg px-2 text-sm text-soft',
          'hover:bg-hover hover:text-ink',
        )}
      >
        <Users aria-hidden="true" className="size-4" />
        <span className="tabular-nums">{count}</span>
      </button>
      <button
        type="button"
        onClick={() => openPanel({ kind: 'search' })}
        aria-label="Search messages"
        aria-keyshortcuts="/ Control+Shift+F"
        title="Search messages (/)"
        className={classNames(
          'flex h-8 items-center gap-2 rounded-lg border border-line px-2 text-sm text-faint',
          'hover:border-line-strong lg:w-44',
        )}
      >
        <Search aria-hidden="true" className="size-4" />
        <span className="hidden flex-1 text-left lg:inline">Search</span>
        <kbd className="hidden font-sans text-xs lg:inline">/</kbd>
      </button>
      <IconButton label="Held files" onClick={() => openPanel({ kind: 'files' })}>
        <FileLock aria-hidden="true" className="size-4" />
      </IconButton>
      <IconButton label="Pinned messages" onClick={() => openPanel({ kind: 'pins' })}>
        <Pin aria-hidden="true" className="size-4" />
      </IconButton>
      {conversation.kind === 'channel' && conversation.members !== null && (
        <ChannelMenu conversation={conversation} />
      )}
    </header>
  );
}

/** Where there is no room for the team. It shows that something waits there. */
function TeamButton({ onClick }: { readonly onClick: () => void }) {
  const waiting = useAppState(isWaitedFor);
  return (
    <IconButton
      label={waiting ? 'Show the team: an agent waits for you' : 'Show the team'}
      onClick={onClick}
      className="relative -ml-2"
    >
      <Menu aria-hidden="true" className="size-5" />
      {waiting && <span className="absolute top-1 right-1 size-2 rounded-full bg-warn" />}
    </IconButton>
  );
}
