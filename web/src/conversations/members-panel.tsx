import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ConversationView, Member } from '../../../src/protocol/index.ts';
import { matchNames } from '../lib/mention-query.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { nameOf } from '../state/conversation-list.ts';
import { Button } from '../ui/button.tsx';
import { field } from '../ui/looks.ts';
import { PanelHeader } from '../ui/panel-header.tsx';
import { useView } from '../view.ts';
import { MemberFace } from './conversation-icon.tsx';

/** Who is in a conversation, and whom one can bring in. */
export function MembersPanel({ conversationId }: { readonly conversationId: string }) {
  const conversation = useAppState((state) => state.conversations[conversationId]);
  const all = useAppState((state) => state.members);
  const self = useAppState((state) => state.self.user_id);
  const { closePanel } = useView();
  const mayInvite = useMay('post');
  const [typed, setTyped] = useState('');
  const [inside, outside] = useMemo(() => split(all, conversation), [all, conversation]);
  if (!conversation) return <PanelHeader title="Members" onClose={closePanel} />;
  const found = matchNames(inside, typed);
  const mayBringIn = mayInvite && conversation.kind === 'channel' && conversation.joined;
  const others = mayBringIn ? matchNames(outside, typed) : [];
  return (
    <div className="flex h-full min-h-0 flex-col" data-testid="members-panel">
      <PanelHeader title="Members" detail={nameOf(conversation, self)} onClose={closePanel} />
      <div className="px-3 pt-3">
        <input
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder="Find somebody"
          aria-label="Find somebody"
          className={field}
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto p-3">
        <MemberList
          title={`${inside.length} ${inside.length === 1 ? 'member' : 'members'}`}
          members={found}
        />
        {others.length > 0 && (
          <MemberList title="Not in this channel" members={others} invitesTo={conversation.conversation_id} />
        )}
      </div>
    </div>
  );
}

function split(all: Readonly<Record<string, Member>>, conversation: ConversationView | undefined) {
  const members = Object.values(all).sort((a, b) => a.name.localeCompare(b.name));
  const names = conversation?.members;
  if (!names) return [members, []] as const;
  const inside = members.filter(({ name }) => names.includes(name));
  return [inside, members.filter((member) => !inside.includes(member))] as const;
}

interface MemberListProps {
  readonly title: string;
  readonly members: readonly Member[];
  readonly invitesTo?: string;
}

function MemberList({ title, members, invitesTo }: MemberListProps) {
  const { client, store } = useLive();
  const { openAgent, openDirect } = useView();
  const mayPost = useMay('post');

  async function invite(conversation_id: string, member: string) {
    try {
      await client.request('invite_to_conversation', { conversation_id, member });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      store.dispatch({ type: 'toast_changed', toast: { kind: 'problem', text } });
    }
  }

  return (
    <section aria-label={title} className="mb-4">
      <h3 className="px-2 text-xs font-semibold text-faint">{title}</h3>
      <ul className="mt-1">
        {members.map(({ name, kind, role }) => (
          <li key={name} className="flex items-center gap-1 rounded-lg pr-1 hover:bg-hover">
            <button
              type="button"
              disabled={kind !== 'agent' && !mayPost}
              onClick={() => (kind === 'agent' ? openAgent(name) : openDirect(name))}
              className="flex h-9 min-w-0 flex-1 items-center gap-2.5 px-2 text-left text-sm"
            >
              <MemberFace name={name} />
              <span dir="auto" className={kind === 'agent' ? 'truncate font-mono' : 'truncate'}>
                {name}
              </span>
              <span className="truncate text-xs text-faint">{role}</span>
            </button>
            {invitesTo !== undefined && (
              <Button size="small" aria-label={`Invite ${name}`} onClick={() => void invite(invitesTo, name)}>
                <Plus aria-hidden="true" className="size-3.5" /> Invite
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
