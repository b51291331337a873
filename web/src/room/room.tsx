import { Menu } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ConversationView } from '../../../src/protocol/index.ts';
import { Composer } from '../composer/composer.tsx';
import { ErrorBoundary } from '../errors/error-boundary.tsx';
import { PaneBoundary } from '../errors/pane-boundary.tsx';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMayEnd } from '../live/use-may.ts';
import { emptyRoom } from '../state/app-state.ts';
import { isArchived, nameOf, titleOf } from '../state/conversation-list.ts';
import { CardSightContext, createCardSight } from '../task-card/card-sight.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { useView } from '../view.ts';
import { home } from '../where.ts';
import { Announcer } from './announcer.tsx';
import { MessageList } from './message-list.tsx';
import { RoomHeader } from './room-header.tsx';
import { RoomStart } from './room-start.tsx';
import { TypingLine } from './typing-line.tsx';
import { useMarkReadKey } from './use-mark-read-key.ts';
import { WorkDock } from './work-dock.tsx';

interface RoomProps {
  readonly conversationId: string;
  readonly onOpenSidebar: (() => void) | null;
}

/** One conversation: what was said, who works because of it, and what to say next. */
export function Room({ conversationId, onOpenSidebar }: RoomProps) {
  const conversation = useAppState((state) => state.conversations[conversationId]);
  if (!conversation) return <NoRoom onOpenSidebar={onOpenSidebar} />;
  return <OpenRoom conversation={conversation} onOpenSidebar={onOpenSidebar} />;
}

interface OpenRoomProps {
  readonly conversation: ConversationView;
  readonly onOpenSidebar: (() => void) | null;
}

function OpenRoom({ conversation, onOpenSidebar }: OpenRoomProps) {
  const { conversation_id } = conversation;
  const place = useMemo(() => ({ conversation_id, thread_id: null }), [conversation_id]);
  const room = useAppState((state) => state.rooms[conversation_id]) ?? emptyRoom;
  const self = useAppState((state) => state.self.user_id);
  const name = nameOf(conversation, self);
  useMarkReadKey(conversation_id);
  const start = useMemo(() => <RoomStart conversation={conversation} />, [conversation]);
  const [sight] = useState(createCardSight);

  return (
    <CardSightContext value={sight}>
      <RoomHeader conversation={conversation} onOpenSidebar={onOpenSidebar} />
      <PaneBoundary name="The list of messages">
        <MessageList place={place} room={room} label={`Messages in ${name}`} start={start} />
      </PaneBoundary>
      <div className="shrink-0 px-3 pb-3 md:px-6 md:pb-4">
        <ErrorBoundary fallback={() => null}>
          <WorkDock />
        </ErrorBoundary>
        {isArchived(conversation) ? (
          <ArchivedBar conversation={conversation} />
        ) : conversation.joined ? (
          <Composer
            place={place}
            label={`Message ${name}`}
            placeholder={`Message ${name}${conversation.kind === 'channel' ? ', @ mentions an agent' : ''}`}
            aside={<TypingLine typing={room.typing} />}
          />
        ) : (
          <JoinBar conversation={conversation} />
        )}
      </div>
      <Announcer conversationId={conversation_id} room={room} title={titleOf(conversation, self)} />
    </CardSightContext>
  );
}

function ArchivedBar({ conversation }: { readonly conversation: ConversationView }) {
  const { acts } = useLive();
  const mayEnd = useMayEnd(conversation);
  return (
    <div className="flex items-center gap-3 rounded-xl border border-line bg-rail px-4 py-2.5 text-sm">
      <span className="min-w-0 flex-1 text-soft">
        <bdi className="font-semibold text-ink">#{conversation.title}</bdi> is archived: it can only be read.
      </span>
      {mayEnd && (
        <Button size="small" onClick={() => void acts.archive(conversation.conversation_id, false)}>
          Unarchive
        </Button>
      )}
    </div>
  );
}

function JoinBar({ conversation }: { readonly conversation: ConversationView }) {
  const { acts } = useLive();
  return (
    <div className="flex items-center gap-3 rounded-xl border border-line bg-rail px-4 py-2.5 text-sm">
      <span className="min-w-0 flex-1 text-soft">
        You look at <bdi className="font-semibold text-ink">#{conversation.title}</bdi> from outside.
      </span>
      <Button look="primary" size="small" onClick={() => void acts.join(conversation.conversation_id)}>
        Join
      </Button>
    </div>
  );
}

function NoRoom({ onOpenSidebar }: { readonly onOpenSidebar: (() => void) | null }) {
  const { go } = useView();
  return (
    <div className="grid flex-1 place-items-center p-6 text-center">
      <div>
        <h1 className="text-lg font-semibold">There is no such conversation</h1>
        <p className="mt-1 max-w-80 text-soft">It may be private, and you are not in it, or no longer.</p>
        <div className="mt-4 flex items-center justify-center gap-2">
          {onOpenSidebar && (
            <IconButton label="Show the team" onClick={onOpenSidebar}>
              <Menu aria-hidden="true" className="size-5" />
            </IconButton>
          )}
          <Button onClick={() => go(home)}>Go to #main</Button>
        </div>
      </div>
    </div>
  );
}
