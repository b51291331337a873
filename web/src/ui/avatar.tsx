import type { SenderKind } from '../../../src/protocol/index.ts';
import { hueOf, initialOf } from '../lib/names.ts';
import { classNames } from './class-names.ts';

interface AvatarProps {
  readonly name: string;
  readonly kind: SenderKind;
  readonly size?: 'small' | 'medium' | 'large';
}

const sizes = {
  small: 'size-6 text-[0.6875rem]',
  medium: 'size-9 text-[0.9375rem]',
  large: 'size-11 text-lg',
};

/** People are round, agents square, the system is plain. Only a picture: the name always stands beside it. */
export function Avatar({ name, kind, size = 'medium' }: AvatarProps) {
  const shape =
    kind === 'person'
      ? 'rounded-full font-semibold'
      : classNames('font-mono font-bold', size === 'small' ? 'rounded-md' : 'rounded-[10px]');
  const colour = kind === 'system' ? 'bg-sunken text-faint' : `hue hue-${hueOf(name)}`;
  return (
    <span
      aria-hidden="true"
      className={classNames(
        'inline-grid shrink-0 place-items-center select-none',
        sizes[size],
        shape,
        colour,
      )}
    >
      {kind === 'system' ? '›_' : initialOf(name)}
    </span>
  );
}
