import { CheckCheck, MessagesSquare, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { ChannelsDialog } from '../conversations/channels-dialog.tsx';
import { NewDirectDialog } from '../conversations/new-direct-dialog.tsx';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { directs, joinedChannels, totalUnread } from '../state/conversation-list.ts';
import { IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { useScene, useView } from '../view.ts';
import { ConversationRow } from './conversation-row.tsx';
import { Section } from './section.tsx';

/** Where one takes part: threads, channels, direct conversations. */
export function ConversationLists() {
  const views = useAppState((state) => state.conversations);
  const self = useAppState((state) => state.self.user_id);
  const { here } = useScene();
  const channels = useMemo(() => joinedChannels(views), [views]);
  const direct = useMemo(() => directs(views), [views]);
  const mayPost = useMay('post');
  const [dialog, setDialog] = useState<'channels' | 'direct' | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <ThreadsRow />
      <Section
        title="Channels"
        action={
          <span className="flex">
            <MarkAllRead />
            <IconButton
              label="Browse or create channels"
              className="size-7"
              onClick={() => setDialog('channels')}
            >
              <Plus aria-hidden="true" className="size-4" />
            </IconButton>
          </span>
        }
      >
        {channels.map((view) => (
          <ConversationRow
            key={view.conversation_id}
            conversation={view}
            self={self}
            current={view.conversation_id === here.conversationId}
          />
        ))}
      </Section>
      <Section
        title="Direct messages"
        action={
          mayPost && (
            <IconButton label="New direct message" className="size-7" onClick={() => setDialog('direct')}>
              <Plus aria-hidden="true" className="size-4" />
            </IconButton>
          )
        }
      >
        {direct.map((view) => (
          <ConversationRow
            key={view.conversation_id}
            conversation={view}
            self={self}
            current={view.conversation_id === here.conversationId}
          />
        ))}
      </Section>
      <ChannelsDialog open={dialog === 'channels'} onClose={close} />
      <NewDirectDialog open={dialog === 'direct'} onClose={close} />
    </>
  );
}

function MarkAllRead() {
  const { acts } = useLive();
  const unread = useAppState((state) => totalUnread(state.conversations));
  if (unread === 0) return null;
  return (
    <IconButton label="Mark all as read (Shift+Escape)" className="size-7" onClick={acts.markAllRead}>
      <CheckCheck aria-hidden="true" className="size-4" />
    </IconButton>
  );
}

function ThreadsRow() {
  const unread = useAppState((state) => state.threads.reduce((sum, thread) => sum + thread.unread_count, 0));
  const { panel } = useScene();
  const { openPanel } = useView();
  return (
    <button
      type="button"
      onClick={() => openPanel({ kind: 'threads' })}
      aria-pressed={panel?.kind === 'threads'}
      className={classNames(
        'flex h-8 w-full items-center gap-2.5 rounded-lg px-2 text-left text-sm hover:bg-hover',
        panel?.kind === 'threads' && 'bg-hover',
        unread > 0 ? 'font-bold' : 'text-soft',
      )}
    >
      <MessagesSquare aria-hidden="true" className="mx-1 size-4 shrink-0" />
      <span className="flex-1">Threads</span>
      {unread > 0 && (
        <span className="px-1.5 text-xs font-medium text-faint tabular-nums">
          {unread}
          <span className="sr-only"> unread</span>
        </span>
      )}
    </button>
  );
}
