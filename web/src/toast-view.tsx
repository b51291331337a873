import { CircleCheck, TriangleAlert, X } from 'lucide-react';
import { useEffect } from 'react';
import { useAppState, useLive } from './live/use-live.ts';
import { IconButton } from './ui/button.tsx';
import { classNames } from './ui/class-names.ts';

const shownMs = { done: 2_500, problem: 10_000 };

/** A short word on the last thing that was asked for. */
export function ToastView() {
  const { store } = useLive();
  const toast = useAppState((state) => state.toast);

  useEffect(() => {
    if (!toast) return;
    const timer = setTimeout(
      () => store.dispatch({ type: 'toast_changed', toast: null }),
      shownMs[toast.kind],
    );
    return () => clearTimeout(timer);
  }, [toast, store]);

  if (!toast) return null;
  const isProblem = toast.kind === 'problem';
  const Icon = isProblem ? TriangleAlert : CircleCheck;
  return (
    <div
      role={isProblem ? 'alert' : 'status'}
      className={classNames(
        'fixed bottom-24 left-1/2 z-50 flex w-max max-w-[min(30rem,92vw)] -translate-x-1/2',
        'items-center gap-2.5',
        'rounded-xl border border-line-strong bg-raised py-1.5 pr-1.5 pl-3.5 text-sm shadow-float',
      )}
    >
      <Icon
        aria-hidden="true"
        className={classNames('size-4 shrink-0', isProblem ? 'text-bad' : 'text-ok')}
      />
      <span dir="auto" className="min-w-0 flex-1">
        {toast.text}
      </span>
      <IconButton
        label="Dismiss"
        className="size-7"
        onClick={() => store.dispatch({ type: 'toast_changed', toast: null })}
      >
        <X aria-hidden="true" className="size-4" />
      </IconButton>
    </div>
  );
}
