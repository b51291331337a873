import type { SearchOrder } from '../../../src/protocol/index.ts';
import { classNames } from '../ui/class-names.ts';

interface OrderSwitchProps {
  readonly order: SearchOrder;
  readonly onChange: (order: SearchOrder) => void;
}

const orders = [
  ['newest', 'Newest'],
  ['relevance', 'Best match'],
] as const satisfies readonly (readonly [SearchOrder, string])[];

export function OrderSwitch({ order, onChange }: OrderSwitchProps) {
  return (
    <div className="flex shrink-0 rounded-lg border border-line p-0.5">
      {orders.map(([value, word]) => (
        <button
          key={value}
          type="button"
          aria-pressed={order === value}
          onClick={() => onChange(value)}
          className={classNames(
            'rounded-md px-2 py-0.5',
            order === value ? 'bg-accent-soft font-medium text-accent-strong' : 'hover:text-ink',
          )}
        >
          {word}
        </button>
      ))}
    </div>
  );
}
