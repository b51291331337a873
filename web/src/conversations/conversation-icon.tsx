import { Hash, Lock, Users } from 'lucide-react';
import type { ConversationView } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { othersIn } from '../state/conversation-list.ts';
import { Avatar } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';

interface ConversationIconProps {
  readonly conversation: Pick<ConversationView, 'kind' | 'title' | 'members' | 'private'>;
  readonly className?: string;
}

/** A sign for channels; for a direct conversation who it is with, and whether they are here. */
export function ConversationIcon({ conversation, className = 'size-4' }: ConversationIconProps) {
  const self = useAppState((state) => state.self.user_id);
  const others = othersIn(conversation, self);
  if (conversation.kind === 'channel') {
    const Icon = conversation.private ? Lock : Hash;
    return <Icon aria-hidden="true" className={classNames('shrink-0', className)} />;
  }
  if (others.length > 1) return <Users aria-hidden="true" className={classNames('shrink-0', className)} />;
  return <MemberFace name={others[0] ?? self} />;
}

/** A small avatar; for people with a dot that tells whether they are here. */
export function MemberFace({ name }: { readonly name: string }) {
  const kind = useAppState((state) => state.members[name]?.kind ?? 'person');
  const present = useAppState((state) => state.link.kind === 'online' && state.connected.includes(name));
  return (
    <span className="relative inline-flex shrink-0">
      <Avatar name={name} kind={kind} size="small" />
      {kind === 'person' && (
        <span
          aria-hidden="true"
          className={classNames(
            'absolute -right-0.5 -bottom-0.5 size-2.5 rounded-full border-2 border-rail',
            present ? 'bg-ok' : 'bg-line-strong',
          )}
        />
      )}
    </span>
  );
}
