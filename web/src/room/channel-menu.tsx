import { Archive, ArchiveRestore, Ellipsis, LogOut, Trash2, UserPlus } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import type { ConversationView } from '../../../src/protocol/index.ts';
import { type ChannelEnd, EndChannelDialog } from '../conversations/end-channel-dialog.tsx';
import { useLive } from '../live/use-live.ts';
import { useMayEnd } from '../live/use-may.ts';
import { isArchived } from '../state/conversation-list.ts';
import { IconButton } from '../ui/button.tsx';
import { menuItem, popup } from '../ui/looks.ts';
import { useView } from '../view.ts';
import { home } from '../where.ts';

/** What can be done with a channel as a whole. */
export function ChannelMenu({ conversation }: { readonly conversation: ConversationView }) {
  const { acts } = useLive();
  const { go, openPanel } = useView();
  const mayEnd = useMayEnd(conversation);
  const [ending, setEnding] = useState<ChannelEnd | null>(null);
  const { conversation_id } = conversation;
  const archived = isArchived(conversation);
  const leave = async () => {
    if (await acts.leave(conversation_id)) go(home);
  };
  if (!conversation.joined && !mayEnd) return null;
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <IconButton label="Channel">
            <Ellipsis aria-hidden="true" className="size-4" />
          </IconButton>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align="end" sideOffset={4} className={`min-w-48 ${popup}`}>
            {conversation.joined && !archived && (
              <DropdownMenu.Item className={menuItem} onSelect={() => openPanel({ kind: 'members' })}>
                <UserPlus aria-hidden="true" className="size-4 opacity-75" /> Invite somebody
              </DropdownMenu.Item>
            )}
            {conversation.joined && (
              <DropdownMenu.Item className={`${menuItem} text-bad`} onSelect={() => void leave()}>
                <LogOut aria-hidden="true" className="size-4 opacity-75" /> Leave{' '}
                <bdi>{conversation.title}</bdi>
              </DropdownMenu.Item>
            )}
            {mayEnd && !archived && (
              <DropdownMenu.Item className={menuItem} onSelect={() => setEnding('archive')}>
                <Archive aria-hidden="true" className="size-4 opacity-75" /> Archive channel…
              </DropdownMenu.Item>
            )}
            {mayEnd && archived && (
              <DropdownMenu.Item
                className={menuItem}
                onSelect={() => void acts.archive(conversation_id, false)}
              >
                <ArchiveRestore aria-hidden="true" className="size-4 opacity-75" /> Unarchive channel
              </DropdownMenu.Item>
            )}
            {mayEnd && (
              <DropdownMenu.Item className={`${menuItem} text-bad`} onSelect={() => setEnding('delete')}>
                <Trash2 aria-hidden="true" className="size-4 opacity-75" /> Delete channel…
              </DropdownMenu.Item>
            )}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {ending && (
        <EndChannelDialog conversation={conversation} end={ending} onClose={() => setEnding(null)} />
      )}
    </>
  );
}
