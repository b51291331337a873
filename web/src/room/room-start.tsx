import type { ConversationView } from '../../../src/protocol/index.ts';
import { ConversationIcon } from '../conversations/conversation-icon.tsx';
import { useAppState } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { nameOf, othersIn } from '../state/conversation-list.ts';
import { useView } from '../view.ts';

/** The beginning of a conversation, which tells what can be done in it. */
export function RoomStart({ conversation }: { readonly conversation: ConversationView }) {
  const self = useAppState((state) => state.self.user_id);
  return (
    <div className="px-4 pt-8 pb-2 md:px-6">
      <div className="grid size-11 place-items-center rounded-xl bg-accent-soft text-accent-strong">
        <ConversationIcon conversation={conversation} className="size-6" />
      </div>
      <h2 className="mt-3 text-xl font-semibold tracking-tight">
        The beginning of <bdi>{nameOf(conversation, self)}</bdi>
      </h2>
      {conversation.kind === 'direct' ? (
        <DirectHint conversation={conversation} />
      ) : (
        <ChannelHint conversation={conversation} />
      )}
    </div>
  );
}

function DirectHint({ conversation }: { readonly conversation: ConversationView }) {
  const self = useAppState((state) => state.self.user_id);
  const members = useAppState((state) => state.members);
  const others = othersIn(conversation, self);
  const isAgent = others.length === 1 && members[others[0] ?? '']?.kind === 'agent';
  return (
    <p className="mt-1 max-w-prose text-soft">
      {isAgent
        ? 'Only you two see this. Every message here goes to the agent, without a mention.'
        : 'Only those who are in it see this.'}
    </p>
  );
}

function ChannelHint({ conversation }: { readonly conversation: ConversationView }) {
  const { mention } = useView();
  const mayPost = useMay('post');
  const { members } = conversation;
  const firstAgent = useAppState(
    (state) =>
      Object.values(state.members).find(
        ({ kind, name }) => kind === 'agent' && (!conversation.private || members?.includes(name)),
      )?.name,
  );
  return (
    <p className="mt-1 max-w-prose text-soft">
      {conversation.private && 'Only those who were invited see this channel. '}
      People and agents talk here{mayPost && '. Mention an agent to give it work'}
      {firstAgent && mayPost ? (
        <>
          :{' '}
          <button
            type="button"
            onClick={() => mention(firstAgent)}
            className="rounded-md bg-accent-soft px-1.5 font-medium text-accent-strong hover:underline"
          >
            @{firstAgent}
          </button>{' '}
          and what you want done.
        </>
      ) : (
        '.'
      )}
    </p>
  );
}
