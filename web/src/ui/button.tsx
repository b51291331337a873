import type { ButtonHTMLAttributes } from 'react';
import { classNames } from './class-names.ts';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look;
  readonly size?: 'small' | 'medium';
}

const looks: Record<Look, string> = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-strong shadow-card',
  plain: 'bg-raised text-ink border border-line-strong hover:bg-hover',
  quiet: 'text-soft hover:bg-hover hover:text-ink',
  danger: 'bg-raised text-bad border border-bad/45 hover:bg-bad-soft',
};

const sizes = { small: 'h-7 px-2.5 text-[0.8125rem] gap-1.5', medium: 'h-9 px-3.5 text-sm gap-2' };

export function Button({ look = 'plain', size = 'medium', className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={classNames(
        'inline-flex shrink-0 items-center justify-center rounded-lg font-medium whitespace-nowrap',
        'transition-colors',
        'disabled:cursor-not-allowed disabled:opacity-55',
        looks[look],
        sizes[size],
        className,
      )}
      {...rest}
    />
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does, for everyone: read aloud, and shown as a tooltip. */
  readonly label: string;
}

export function IconButton({ label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classNames(
        'inline-grid size-8 shrink-0 place-items-center rounded-lg text-soft transition-colors',
        'hover:bg-hover hover:text-ink disabled:opacity-50',
        className,
      )}
      {...rest}
    />
  );
}
