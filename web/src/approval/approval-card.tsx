import { CodeXml, FilePen, Globe, Hand, type LucideIcon, TerminalSquare } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  type ApprovalCard as Card,
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
      <Action approval={approval} />
      {pending ? <Answers approval={approval} /> : <Outcome approval={approval} />}
    </section>
  );
}

/** The command, the files, the change: all that would be done. */
function Action({ approval }: { readonly approval: Card }) {
  const { diff } = approval;
  const parts = exactParts(approval);
  const paths = parts.filter(({ kind }) => kind === 'path');
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
      {parts.map(({ kind, text }) => kind !== 'path' && <Code key={kind}>{text}</Code>)}
      {diff !== '' && <DiffView diff={visibleDiff(diff)} />}
    </>
  );
}

const codeBox = 'max-h-64 overflow-auto border-t border-line bg-sunken';
const codeText =
  'px-3 py-2 font-mono text-[0.8125rem] leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]';

function Code({ children }: { readonly children: ReactNode }) {
  return (
    // A region that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section aria-label="Exactly" tabIndex={0} className={codeBox}>
      <pre className={codeText}>{children}</pre>
    </section>
  );
}
