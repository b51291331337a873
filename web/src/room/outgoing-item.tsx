import { useMemo } from 'react';
import { parseMentions } from '../../../src/protocol/index.ts';
import { clockTime } from '../lib/time.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import type { Outgoing } from '../state/app-state.ts';
import { mentionableNames } from '../state/mentionable.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Markdown } from './markdown.tsx';

interface OutgoingItemProps {
  readonly outgoing: Outgoing;
  readonly continued: boolean;
}

/** What one wrote and the server has not confirmed: on its way, kept for later, or refused. */
export function OutgoingItem({ outgoing, continued }: OutgoingItemProps) {
  const self = useAppState((state) => state.self.user_id);
  const members = useAppState((state) => state.members);
  const mentions = useMemo(
    () => parseMentions(outgoing.text, mentionableNames(members)).entities,
    [outgoing.text, members],
  );
  const { outbox } = useLive();
  const { state, reason } = outgoing;
  return (
    <article
      data-testid="message-item"
      data-outgoing={state}
      aria-label={`You, ${clockTime(outgoing.at)}, ${state === 'refused' ? 'not sent' : 'sending'}`}
      className={classNames(
        'grid grid-cols-[2.25rem_minmax(0,1fr)] gap-x-3 px-4 md:px-6',
        continued ? 'py-0.5' : 'pt-2 pb-0.5',
      )}
    >
      {continued ? <span /> : <Avatar name={self} kind="person" />}
      <div className="max-w-3xl min-w-0">
        {!continued && (
          <div className="flex items-baseline gap-2">
            <span className="font-semibold">{self}</span>
            <span className="text-xs text-faint tabular-nums">{clockTime(outgoing.at)}</span>
          </div>
        )}
        <div className={state === 'refused' ? '' : 'opacity-60'}>
          <Markdown text={outgoing.text} mentions={mentions} />
        </div>
        {state === 'waiting' && (
          <p className="text-xs text-warn">Kept. It is sent when the connection is back.</p>
        )}
        {state === 'refused' && (
          <div role="alert" className="mt-1 flex flex-wrap items-center gap-x-2 text-sm text-bad">
            <span dir="auto">Not sent. {reason}</span>
            <Button look="quiet" size="small" onClick={() => outbox.resend(outgoing)}>
              Send again
            </Button>
            <Button look="quiet" size="small" onClick={() => outbox.drop(outgoing)}>
              Discard
            </Button>
          </div>
        )}
      </div>
    </article>
  );
}
