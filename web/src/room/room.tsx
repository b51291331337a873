import { Hash, Menu } from 'lucide-react';
import { Composer } from '../composer/composer.tsx';
import { useAppState } from '../live/use-live.ts';
import { emptyRoom } from '../state/app-state.ts';
import { IconButton } from '../ui/button.tsx';
import { useView } from '../view.ts';
import { Announcer } from './announcer.tsx';
import { MessageList } from './message-list.tsx';
import { TypingLine } from './typing-line.tsx';
import { WorkDock } from './work-dock.tsx';

/** One conversation: what was said, who works because of it, and what to say next. */
export function Room({ onOpenSidebar }: { readonly onOpenSidebar: (() => void) | null }) {
  const { conversationId } = useView();
  const room = useAppState((state) => state.rooms[conversationId]) ?? emptyRoom;
  const agents = useAppState((state) => Object.values(state.members).filter(isAgent).length);
  const here = useAppState((state) => state.connected.length);

  return (
    <>
      <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-4 md:px-6">
        {onOpenSidebar && (
          <IconButton label="Show the team" onClick={onOpenSidebar} className="-ml-2">
            <Menu aria-hidden="true" className="size-5" />
          </IconButton>
        )}
        <h1 className="flex items-center gap-1 font-semibold tracking-tight">
          <Hash aria-hidden="true" className="size-4 text-faint" />
          {conversationId}
        </h1>
        <p className="ml-2 truncate text-sm text-faint">
          {agents} {agents === 1 ? 'agent' : 'agents'}
          {here > 0 && `, ${here} ${here === 1 ? 'person' : 'people'} here`}
        </p>
      </header>
      <MessageList key={conversationId} room={room} conversationId={conversationId} />
      <div className="shrink-0 px-3 pb-3 md:px-6 md:pb-4">
        <WorkDock />
        <Composer key={conversationId} conversationId={conversationId} />
        <TypingLine typing={room.typing} />
      </div>
      <Announcer room={room} />
    </>
  );
}

function isAgent(member: { readonly kind: string }): boolean {
  return member.kind === 'agent';
}
