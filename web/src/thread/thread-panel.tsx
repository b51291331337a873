import { Bell, BellOff } from 'lucide-react';
import { useMemo } from 'react';
import { Composer } from '../composer/composer.tsx';
import { PaneBoundary } from '../errors/pane-boundary.tsx';
import { useAppState, useLive } from '../live/use-live.ts';
import { MessageList } from '../room/message-list.tsx';
import { emptyRoom } from '../state/app-state.ts';
import { isArchived, nameOf } from '../state/conversation-list.ts';
import { placeKey } from '../state/place.ts';
import { Button } from '../ui/button.tsx';
import { PanelHeader } from '../ui/panel-header.tsx';
import { useView } from '../view.ts';

interface ThreadPanelProps {
  readonly conversationId: string;
  readonly rootId: number;
}

/** A message and the replies in its thread, beside the conversation. */
export function ThreadPanel({ conversationId, rootId }: ThreadPanelProps) {
  const { acts } = useLive();
  const { closePanel } = useView();
  const place = useMemo(
    () => ({ conversation_id: conversationId, thread_id: rootId }),
    [conversationId, rootId],
  );
  const room = useAppState((state) => state.rooms[placeKey(place)]) ?? emptyRoom;
  const following = useAppState((state) => state.following[rootId] === true);
  const conversation = useAppState((state) => state.conversations[conversationId]);
  const self = useAppState((state) => state.self.user_id);
  return (
    <div className="flex h-full min-h-0 flex-col" data-testid="thread-panel">
      <PanelHeader title="Thread" detail={conversation && nameOf(conversation, self)} onClose={closePanel}>
        <Button
          look="quiet"
          size="small"
          aria-pressed={following}
          title={following ? 'You are told of new replies' : 'You are not told of new replies'}
          onClick={() => acts.follow(rootId, !following)}
        >
          {following ? (
            <Bell aria-hidden="true" className="size-3.5 text-accent" />
          ) : (
            <BellOff aria-hidden="true" className="size-3.5" />
          )}
          {following ? 'Following' : 'Follow'}
        </Button>
      </PanelHeader>
      <PaneBoundary name="The thread">
        <MessageList place={place} room={room} label="Thread" start={null} />
      </PaneBoundary>
      {conversation?.joined && !isArchived(conversation) && (
        <div className="shrink-0 px-3 pb-3 md:pb-4">
          <Composer place={place} label="Reply in thread" placeholder="Reply…" />
        </div>
      )}
    </div>
  );
}
