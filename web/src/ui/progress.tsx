import { classNames } from './class-names.ts';

interface ProgressProps {
  readonly label: string;
  readonly percent: number;
  /** How far it is cannot be known. */
  readonly indeterminate: boolean;
  readonly className?: string;
}

export function Progress({ label, percent, indeterminate, className }: ProgressProps) {
  const known = indeterminate ? {} : { 'aria-valuenow': Math.round(percent) };
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...known}
      className={classNames('h-1 overflow-hidden rounded-full bg-line', className)}
    >
      {indeterminate ? (
        <div
          className={classNames(
            'h-full w-1/3 animate-slide rounded-full bg-accent motion-reduce:w-full',
            'motion-reduce:animate-none motion-reduce:opacity-35',
          )}
        />
      ) : (
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-300"
          style={{ width: `${percent}%` }}
        />
      )}
    </div>
  );
}
