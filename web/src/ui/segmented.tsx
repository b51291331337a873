import type { LucideIcon } from 'lucide-react';
import { ToggleGroup } from 'radix-ui';
import { classNames } from './class-names.ts';

export interface Segment<T extends string> {
  readonly value: T;
  readonly word: string;
  /** What it means, in a tooltip. */
  readonly means: string;
  /** Shown while it is chosen. */
  readonly icon: LucideIcon;
  /** Its colours while it is chosen. */
  readonly chosen: string;
  readonly disabled?: boolean;
}

interface SegmentedProps<T extends string> {
  readonly value: T;
  readonly segments: readonly Segment<T>[];
  readonly disabled: boolean;
  readonly onChange: (value: T) => void;
  readonly 'aria-label'?: string;
  readonly 'aria-labelledby'?: string;
  readonly 'aria-describedby'?: string;
}

/**
 * One of a few. The arrow keys move between them; Enter or Space takes one, so that none is taken in passing.
 */
export function Segmented<T extends string>({
  value,
  segments,
  disabled,
  onChange,
  ...aria
}: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      disabled={disabled}
      onValueChange={(next) => {
        const taken = segments.find((segment) => segment.value === next);
        if (taken) onChange(taken.value);
      }}
      className="flex shrink-0 rounded-lg border border-line p-0.5"
      {...aria}
    >
      {segments.map(({ value: each, word, means, icon: Icon, chosen, disabled: closed = false }) => (
        <ToggleGroup.Item
          key={each}
          value={each}
          disabled={closed}
          title={`${word}: ${means}`}
          className={classNames(
            'flex h-7 items-center gap-1 rounded-md px-2 text-xs transition-colors disabled:opacity-55',
            each === value ? `font-semibold ${chosen}` : 'text-soft hover:bg-hover hover:text-ink',
          )}
        >
          {each === value && <Icon aria-hidden="true" className="size-3.5" />}
          {word}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
