import { AtSign, MessageCircle, UserMinus, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { ConfinementSection } from '../confinement/confinement-section.tsx';
import { HeldFiles } from '../files/held-files.tsx';
import { statusReasonText } from '../lib/time.ts';
import { useAppState } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { agentOf, lastTaskIdOf, tasksOf } from '../state/selectors.ts';
import { hasEnded } from '../state/task-state.ts';
import { AgentStateBadge } from '../ui/agent-state.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { type AgentTarget, useScene, useView } from '../view.ts';
import { AgentHistory } from './agent-history.tsx';
import { AgentMemory } from './agent-memory.tsx';
import { AgentRules } from './agent-rules.tsx';
import { FireDialog } from './fire-dialog.tsx';
import { TaskQueue } from './task-queue.tsx';
import { TaskView } from './task-view.tsx';
import { useAgentHistory } from './use-agent-history.ts';

/** An agent at work: the task it is at or was at, what waits for it, and what it did before. */
export function AgentPanel({ target }: { readonly target: AgentTarget }) {
  const { agentName } = target;
  const { closePanel, mention, openDirect } = useView();
  const { conversationId } = useScene().here;
  const all = useAppState((state) => state.tasks);
  const status = useAppState((state) => state.agents[agentName]);
  const member = useAppState((state) => state.members[agentName]);
  const room = useAppState((state) => state.rooms[conversationId]);
  const mayPost = useMay('post');
  const mayFire = useMay('hire');
  const [firing, setFiring] = useState(false);
  const agent = member && agentOf({ agents: status ? { [agentName]: status } : {} }, member);
  const tasks = useMemo(() => tasksOf({ tasks: all }, agentName), [all, agentName]);
  const history = useAgentHistory(agentName, tasks);
  const current = tasks.find((task) => task.status !== 'assigned' && !hasEnded(task));
  const shownId =
    target.taskId ??
    current?.task_id ??
    tasks.find(hasEnded)?.task_id ??
    lastTaskIdOf(room, agentName) ??
    tasks[0]?.task_id ??
    history.tasks[0]?.task_id ??
    null;
  const waiting = tasks.filter((task) => task.status === 'assigned' && task.task_id !== shownId);
  const reason = agent?.status ? statusReasonText(agent.status) : null;
  const saidByTask = shownId !== null && all[shownId]?.reason === reason;

  return (
    <div className="flex h-full min-h-0 flex-col" data-testid="agent-panel">
      <header className="flex shrink-0 items-center gap-3 border-b border-line px-4 py-3">
        <Avatar name={agentName} kind="agent" size="large" />
        <div className="min-w-0 flex-1 leading-tight">
          <h2 className="truncate font-mono font-bold">{agentName}</h2>
          <div className="flex flex-wrap items-center gap-x-2 text-xs text-faint">
            <span>{member ? member.role : 'no longer in the team'}</span>
            {member?.smartness === 'smart' && <span>smart</span>}
            {agent && <AgentStateBadge state={agent.state} reason={reason} />}
          </div>
        </div>
        {member && mayPost && (
          <IconButton label={`Message ${agentName}`} onClick={() => openDirect(agentName)}>
            <MessageCircle aria-hidden="true" className="size-4" />
          </IconButton>
        )}
        {member && mayPost && (
          <IconButton label={`Mention ${agentName}`} onClick={() => mention(agentName)}>
            <AtSign aria-hidden="true" className="size-4" />
          </IconButton>
        )}
        {member && mayFire && (
          <IconButton label={`Fire ${agentName}`} onClick={() => setFiring(true)}>
            <UserMinus aria-hidden="true" className="size-4" />
          </IconButton>
        )}
        <IconButton label="Close" onClick={closePanel}>
          <X aria-hidden="true" className="size-4.5" />
        </IconButton>
      </header>

      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">
        {reason && !saidByTask && agent?.state !== 'idle' && agent?.state !== 'completed' && (
          <p dir="auto" className="mb-3 rounded-lg bg-rail px-3 py-2 text-sm text-soft">
            {reason}
          </p>
        )}
        {shownId ? (
          <TaskView key={shownId} taskId={shownId} />
        ) : (
          <p className="text-sm text-soft">
            {agentName} has done nothing here yet.{' '}
            {mayPost && (
              <>
                Mention <span className="mention">@{agentName}</span> in the room to give it work.
              </>
            )}
          </p>
        )}
        <HeldFiles holder={agentName} />
        <TaskQueue tasks={waiting} />
        <AgentHistory history={history} shownId={shownId} />
        {member && <AgentRules member={member} />}
        {member && <ConfinementSection />}
        {member && <AgentMemory agentName={agentName} />}
      </div>
      <FireDialog open={firing} onOpenChange={setFiring} agentName={agentName} busy={current !== undefined} />
    </div>
  );
}
