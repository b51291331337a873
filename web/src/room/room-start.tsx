import { Hash } from 'lucide-react';
import { useAppState } from '../live/use-live.ts';
import { useView } from '../view.ts';

/** The beginning of a conversation, which tells what can be done in it. */
export function RoomStart({ conversationId }: { readonly conversationId: string }) {
  const { mention } = useView();
  const firstAgent = useAppState(
    (state) => Object.values(state.members).find((member) => member.kind === 'agent')?.name,
  );
  return (
    <div className="px-4 pt-8 pb-2 md:px-6">
      <div className="grid size-11 place-items-center rounded-xl bg-accent-soft text-accent-strong">
        <Hash aria-hidden="true" className="size-6" />
      </div>
      <h2 className="mt-3 text-xl font-semibold tracking-tight">The beginning of {conversationId}</h2>
      <p className="mt-1 max-w-prose text-soft">
        People and agents talk here. Mention an agent to give it work
        {firstAgent ? (
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
    </div>
  );
}
