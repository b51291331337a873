import { CodeXml, FilePen, Globe, Hand, type LucideIcon, TerminalSquare } from 'lucide-react';
import { useCallback, useState } from 'react';
import {
  type ApprovalCard as Card,
  type ExactPart,
  exactParts,
  type ToolGroup,
  visibleDiff,
} from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { DiffView } from '../panel/diff-view.tsx';
import { latestOf } from '../state/approval-state.ts';
import { classNames } from '../ui/class-names.ts';
import { Answers } from './answers.tsx';
import { Countdown } from './countdown.tsx';
import { ExactText } from './exact-text.tsx';
import { Outcome } from './outcome.tsx';

const looks: Record<ToolGroup, { readonly icon: LucideIcon; readonly wants: string }> = {
  read: { icon: CodeXml, wants: 'wants to read' },
  edit: { icon: FilePen, wants: 'wants to change a file' },
  fetch: { icon: Globe, wants: 'wants to fetch from the network' },
  execute: { icon: TerminalSquare, wants: 'wants to run a command' },
  other: { icon: Hand, wants: 'wants to use a tool' },
};

/** What an agent asks to be allowed, exactly, with the ways to answer; later, who answered what. */
export function ApprovalCard({ card }: { readonly card: Card }) {
  const approval = useAppState((state) => latestOf(state, card));
  const { icon: Icon, wants } = looks[approval.group];
  const pending = approval.status === 'pending';
  const [seen, setSeen] = useSeenTexts();
  const isSeen = textsOf(approval).every(({ text }) => seen.has(text));
  return (
    <section
      aria-label={`${approval.agent_name} ${wants}`}
      data-approval={approval.approval_id}
      data-status={approval.status}
      className={classNames(
        'mt-1 mb-1 overflow-hidden rounded-xl border bg-raised shadow-card',
        pending ? 'border-warn/55' : 'border-line',
      )}
    >
      <header className="flex min-h-9 flex-wrap items-center gap-x-2 px-3 py-1.5 text-sm">
        <Icon aria-hidden="true" className={classNames('size-4', pending ? 'text-warn' : 'text-faint')} />
        <span className="font-medium">
          <bdi className="font-mono font-semibold">{approval.agent_name}</bdi> {wants}
        </span>
        <span className="flex-1" />
        {pending && <Countdown from={approval.requested_at} until={approval.deadline} />}
      </header>
      <Action approval={approval} onSeen={setSeen} />
      {pending ? <Answers approval={approval} isSeen={isSeen} /> : <Outcome approval={approval} />}
    </section>
  );
}

/** The texts that may be longer than their boxes: they must be seen to their ends before they are allowed. */
function textsOf(approval: Card): ExactPart[] {
  return exactParts(approval).filter(({ kind }) => kind !== 'path');
}

function useSeenTexts(): [ReadonlySet<string>, (text: string) => void] {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const add = useCallback(
    (text: string) => setSeen((before) => (before.has(text) ? before : new Set([...before, text]))),
    [],
  );
  return [seen, add];
}

interface ActionProps {
  readonly approval: Card;
  readonly onSeen: (text: string) => void;
}

/** The command, the files, the change: all that would be done. */
function Action({ approval, onSeen }: ActionProps) {
  const { diff } = approval;
  const paths = exactParts(approval).filter(({ kind }) => kind === 'path');
  return (
    <>
      {paths.length > 0 && (
        <ul className="border-t border-line px-3 py-1.5 font-mono text-[0.8125rem] [overflow-wrap:anywhere]">
          {paths.map(({ text }) => (
            <li dir="auto" key={text} className="whitespace-pre-wrap">
              {text}
            </li>
          ))}
        </ul>
      )}
      {textsOf(approval).map(({ kind, text }) => (
        <ExactText key={kind} text={text} onSeen={onSeen} />
      ))}
      {diff !== '' && <DiffView diff={visibleDiff(diff)} />}
    </>
  );
}
