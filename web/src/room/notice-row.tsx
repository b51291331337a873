import { Moon, X } from 'lucide-react';
import { useLive } from '../live/use-live.ts';
import type { Notice } from '../state/app-state.ts';
import type { Place } from '../state/place.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { useView } from '../view.ts';

interface NoticeRowProps {
  readonly notice: Notice;
  readonly place: Place;
}

const offeredMax = 6;

/** A word to this person alone: nobody was woken, and who could be. */
export function NoticeRow({ notice, place }: NoticeRowProps) {
  const { store } = useLive();
  const { mention } = useView();
  const dismiss = () =>
    store.dispatch({
      type: 'notice_dismissed',
      place,
      notice_id: notice.notice_id,
    });
  return (
    <div
      role="note"
      data-notice={notice.code}
      className={classNames(
        'mx-4 my-1.5 ml-16 flex items-start gap-2.5 rounded-lg border border-line bg-rail py-1.5',
        'pr-1 pl-3 text-sm text-soft md:mr-6 md:ml-18',
      )}
    >
      <Moon aria-hidden="true" className="mt-1 size-4 shrink-0 text-faint" />
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-1 py-0.5">
        <span>
          {notice.text} <span className="text-xs text-faint">Only you see this.</span>
        </span>
        {notice.agents.slice(0, offeredMax).map((name) => (
          <Button
            key={name}
            size="small"
            className="font-mono"
            onClick={() => {
              mention(name);
              dismiss();
            }}
          >
            @{name}
          </Button>
        ))}
      </div>
      <IconButton label="Dismiss" className="size-7" onClick={dismiss}>
        <X aria-hidden="true" className="size-4" />
      </IconButton>
    </div>
  );
}
