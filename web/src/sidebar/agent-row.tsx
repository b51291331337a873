import { statusReasonText } from '../lib/time.ts';
import { useAppState } from '../live/use-live.ts';
import { heldFiles } from '../state/file-state.ts';
import type { Agent } from '../state/selectors.ts';
import { AgentStateBadge } from '../ui/agent-state.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';
import { Progress } from '../ui/progress.tsx';
import { useScene, useView } from '../view.ts';

/** One agent: who, how it is, and what it is at. Opens its panel. */
export function AgentRow({ agent }: { readonly agent: Agent }) {
  const { openAgent } = useView();
  const { panel } = useScene();
  const { member, status, state } = agent;
  const open = panel?.kind === 'agent' && panel.agentName === member.name;
  const held = useAppState(
    ({ files }) => heldFiles(files).filter((lock) => lock.holder === member.name).length,
  );
  const busy = status !== undefined && (state === 'working' || state === 'waiting' || state === 'stuck');
  return (
    <li>
      <button
        type="button"
        onClick={() => openAgent(member.name)}
        aria-pressed={open}
        data-agent={member.name}
        className={classNames(
          'w-full rounded-lg px-2 py-1.5 text-left transition-colors hover:bg-hover',
          open && 'bg-hover',
        )}
      >
        <span className="flex items-center gap-2.5">
          <Avatar name={member.name} kind="agent" size="small" />
          <span className="min-w-0 flex-1 truncate">
            <bdi className="font-mono text-[0.8125rem] font-semibold">{member.name}</bdi>
            <span className="ml-1.5 text-xs text-faint">{member.role}</span>
          </span>
          <AgentStateBadge state={state} reason={status ? statusReasonText(status) : null} />
        </span>
        {busy && (
          <span className="mt-1 ml-8.5 block">
            <span className="block truncate text-xs text-soft">
              {state === 'working' && !status.model_wait
                ? (status.current_task ?? status.reason)
                : (statusReasonText(status) ?? status.current_task)}
            </span>
            <Progress
              label={`Progress of ${member.name}`}
              percent={status.progress}
              indeterminate={status.indeterminate}
              className="mt-1.5"
            />
          </span>
        )}
        {state === 'failed' && status?.reason && (
          <span dir="auto" className="mt-0.5 ml-8.5 block truncate text-xs text-soft" title={status.reason}>
            {status.reason}
          </span>
        )}
        {held > 0 && (
          <span className="mt-1 ml-8.5 block text-xs text-faint">
            holds {held} {held === 1 ? 'file' : 'files'}
          </span>
        )}
        {status !== undefined && status.queued_tasks > 0 && (
          <span className="mt-1 ml-8.5 block text-xs text-faint">
            {status.queued_tasks} {busy && 'more '}in line
          </span>
        )}
      </button>
    </li>
  );
}
