import { useMutation, useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useId, useRef } from 'react';
import {
  type Member,
  type OwnPolicy,
  type PolicyLayers,
  ruleFor,
  ToolGroup,
  type ToolRule,
} from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { classNames } from '../ui/class-names.ts';
import { Segmented } from '../ui/segmented.tsx';
import { ruleLooks } from './rule-looks.ts';

const words: Record<ToolGroup, readonly [title: string, what: string]> = {
  read: ['Read files', 'and search in them'],
  edit: ['Change files', 'also move, delete'],
  fetch: ['Use the network', 'fetch pages and files'],
  execute: ['Run commands', 'whatever they do'],
  other: ['Anything else', 'tools of any other kind'],
};

/**
 * What an agent may do without asking, and whose rule that is; whoever hires can change it, for all at once.
 */
export function AgentRules({ member }: { readonly member: Member }) {
  const { client } = useLive();
  const mayChange = useMay('hire');
  const online = useAppState((state) => state.link.kind === 'online');
  const { name } = member;
  const { data, error } = useQuery({
    queryKey: ['policy', name],
    queryFn: async () => (await client.request('get_policy', { name })).layers,
    staleTime: 0,
  });
  const change = useMutation({
    mutationFn: (policy: OwnPolicy) => client.request('set_policy', { name, policy }),
  });
  const problem = error ?? change.error;
  // Its own rules come with every change of the member, whoever makes it.
  const own = member.policy ?? {};

  return (
    <section className="mt-6" data-testid="agent-rules">
      <h3 className="mb-1 text-xs font-semibold text-faint">What {name} may do</h3>
      {data && (
        <ul className="divide-y divide-line rounded-xl border border-line">
          {ToolGroup.options.map((group) => (
            <RuleRow
              key={group}
              group={group}
              layers={{ ...data, agent: own }}
              member={member}
              fixed={!mayChange}
              disabled={!online}
              onChange={(rule) => {
                if (change.isPending) return;
                const { [group]: _, ...others } = own;
                change.mutate(rule === null ? others : { ...others, [group]: rule });
              }}
            />
          ))}
        </ul>
      )}
      {problem !== null && (
        <p role="alert" className="mt-1 text-sm text-bad">
          {problem.message}
        </p>
      )}
      <p className="mt-1.5 text-xs text-faint">
        <b className="font-medium">Ask</b>: people are asked in the chat first.{' '}
        <b className="font-medium">Never</b>: it is refused. Whatever is chosen, nothing outside of the
        project is changed, nothing of git's, and no file that somebody else holds.
      </p>
    </section>
  );
}

interface RuleRowProps {
  readonly group: ToolGroup;
  readonly layers: PolicyLayers;
  readonly member: Member;
  /** One may only look. */
  readonly fixed: boolean;
  readonly disabled: boolean;
  /** null: as it is without a rule of its own. */
  readonly onChange: (rule: ToolRule | null) => void;
}

function RuleRow({ group, layers, member, fixed, disabled, onChange }: RuleRowProps) {
  const id = useId();
  const row = useRef<HTMLLIElement>(null);
  const [title, what] = words[group];
  const { rule, from } = ruleFor(group, layers);
  const otherwise = ruleFor(group, { ...layers, agent: {} });
  const whose = (source: keyof PolicyLayers) => (source === 'role' ? `every ${member.role}` : 'all agents');

  function takeBack() {
    // The button goes; who came by keyboard stays in the row.
    row.current?.querySelector<HTMLElement>('[aria-checked=true]')?.focus();
    onChange(null);
  }

  return (
    <li
      ref={row}
      data-group={group}
      data-rule={rule}
      data-from={from}
      className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-1 px-3 py-2"
    >
      <div className="min-w-0 leading-tight">
        <p id={`${id}-title`} className="text-sm font-medium">
          {title}
        </p>
        <p id={`${id}-what`} className="text-xs text-faint">
          {what}
        </p>
      </div>
      {fixed ? (
        <RuleBadge rule={rule} />
      ) : (
        <Segmented
          value={rule}
          segments={Object.values(ruleLooks)}
          disabled={disabled}
          onChange={onChange}
          aria-labelledby={`${id}-title`}
          aria-describedby={`${id}-what ${id}-from`}
        />
      )}
      <p
        id={`${id}-from`}
        className="col-span-2 flex flex-wrap items-center justify-end gap-x-1.5 text-[0.6875rem] text-faint"
      >
        {from === 'agent' ? `for ${member.name} alone` : `as for ${whose(from)}`}
        {from === 'agent' && !fixed && (
          <button
            type="button"
            disabled={disabled}
            onClick={takeBack}
            aria-label={`${title}: as for ${whose(otherwise.from)}, ${ruleLooks[otherwise.rule].word}`}
            className="inline-flex items-center gap-1 underline underline-offset-2 hover:text-ink"
          >
            <RotateCcw aria-hidden="true" className="size-3" />
            {ruleLooks[otherwise.rule].word}, as for {whose(otherwise.from)}
          </button>
        )}
      </p>
    </li>
  );
}

function RuleBadge({ rule }: { readonly rule: ToolRule }) {
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
