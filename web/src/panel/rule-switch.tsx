import { Ban, Check, type LucideIcon, MessageCircleQuestionMark } from 'lucide-react';
import { ToggleGroup } from 'radix-ui';
import { ToolRule } from '../../../src/protocol/index.ts';
import { classNames } from '../ui/class-names.ts';

interface RuleLook {
  readonly word: string;
  readonly means: string;
  readonly icon: LucideIcon;
  readonly chosen: string;
}

export const ruleLooks: Record<ToolRule, RuleLook> = {
  auto: { word: 'Allow', means: 'done without asking', icon: Check, chosen: 'bg-ok-soft text-ok' },
  ask: {
    word: 'Ask',
    means: 'people are asked in the chat first',
    icon: MessageCircleQuestionMark,
    chosen: 'bg-warn-soft text-warn',
  },
  deny: { word: 'Never', means: 'always refused', icon: Ban, chosen: 'bg-bad-soft text-bad' },
};

interface RuleSwitchProps {
  readonly rule: ToolRule;
  readonly labelledBy: string;
  readonly describedBy: string;
  readonly disabled: boolean;
  readonly onChange: (rule: ToolRule) => void;
}

/** The arrow keys move between the choices; Enter or Space takes one, so that none is taken in passing. */
export function RuleSwitch({ rule, labelledBy, describedBy, disabled, onChange }: RuleSwitchProps) {
  return (
    <ToggleGroup.Root
      type="single"
      value={rule}
      disabled={disabled}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onValueChange={(value) => {
        const next = ToolRule.safeParse(value);
        if (next.success) onChange(next.data);
      }}
      className="flex shrink-0 rounded-lg border border-line p-0.5"
    >
      {ToolRule.options.map((option) => {
        const { word, means, icon: Icon, chosen } = ruleLooks[option];
        return (
          <ToggleGroup.Item
            key={option}
            value={option}
            title={`${word}: ${means}`}
            className={classNames(
              'flex h-7 items-center gap-1 rounded-md px-2 text-xs transition-colors disabled:opacity-55',
              option === rule ? `font-semibold ${chosen}` : 'text-soft hover:bg-hover hover:text-ink',
            )}
          >
            {option === rule && <Icon aria-hidden="true" className="size-3.5" />}
            {word}
          </ToggleGroup.Item>
        );
      })}
    </ToggleGroup.Root>
  );
}

/** For who may not change it. */
export function RuleBadge({ rule }: { readonly rule: ToolRule }) {
  const { word, means, icon: Icon, chosen } = ruleLooks[rule];
  return (
    <span
      title={means}
      className={classNames('flex h-6 items-center gap-1 rounded-md px-2 text-xs font-semibold', chosen)}
    >
      <Icon aria-hidden="true" className="size-3.5" />
      {word}
    </span>
  );
}
