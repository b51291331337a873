import { Eye } from 'lucide-react';
import { classNames } from '../ui/class-names.ts';

interface ReadOnlySwitchProps {
  readonly on: boolean;
  /** `/ask` says so already. */
  readonly fixed: boolean;
  readonly onChange: (on: boolean) => void;
}

/** Asks agents only to look and answer. It counts for one message. */
export function ReadOnlySwitch({ on, fixed, onChange }: ReadOnlySwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label="Read-only"
      disabled={fixed}
      title="Read-only: agents look and answer but change nothing. Typing /ask in front does the same."
      onClick={() => onChange(!on)}
      className={classNames(
        'inline-flex h-9 shrink-0 items-center gap-1.5 rounded-lg px-2 text-xs font-medium transition-colors',
        on ? 'bg-accent-soft text-accent-strong' : 'text-faint hover:bg-hover hover:text-ink',
      )}
    >
      <Eye aria-hidden="true" className="size-4" />
      Ask only
    </button>
  );
}
