import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { phaseOf, type Task } from '../../../src/protocol/index.ts';
import { modelWaitText } from '../lib/time.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { Markdown } from '../room/markdown.tsx';
import { hasEnded } from '../state/task-state.ts';
import { classNames } from '../ui/class-names.ts';
import { Progress } from '../ui/progress.tsx';
import { TaskStateBadge } from '../ui/task-state.tsx';
import { useView } from '../view.ts';
import { ChangeList } from './change-list.tsx';
import { PlanList } from './plan-list.tsx';
import { SteerBox } from './steer-box.tsx';
import { StopButton } from './stop-button.tsx';
import { TaskActions } from './task-actions.tsx';
import { TaskLinks } from './task-links.tsx';
import { TaskTime } from './task-time.tsx';
import { ToolTrace } from './tool-trace.tsx';

/** One task, live while it runs. Once it has ended, the whole of it is read from the server. */
export function TaskView({ taskId }: { readonly taskId: string }) {
  const { client } = useLive();
  const live = useAppState((state) => state.tasks[taskId]);
  const ended = live === undefined || hasEnded(live);
  const online = useAppState((state) => state.link.kind === 'online');
  const whole = useQuery({
    queryKey: ['task', taskId, live?.status ?? 'unknown'],
    queryFn: async () => (await client.request('get_task', { task_id: taskId })).task,
    enabled: ended && online,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const task = ended ? (whole.data ?? live) : live;
  if (!task) {
    return (
      <p role="status" className="text-sm text-faint">
        {whole.isError ? `The task could not be read: ${whole.error.message}` : 'Reading the task…'}
      </p>
    );
  }
  return <TaskDetails task={task} />;
}

function TaskDetails({ task }: { readonly task: Task }) {
  const { openTask } = useView();
  const running = !hasEnded(task);
  return (
    <div data-testid="task-view" className="space-y-5">
      <section>
        <div className="flex items-center gap-2">
          <TaskStateBadge status={task.status} />
          <TaskTime task={task} />
          <span className="flex-1" />
          {running && <StopButton task={task} />}
        </div>
        <p
          dir="auto"
          className={classNames(
            'mt-1.5 text-[0.9375rem] leading-snug font-medium [overflow-wrap:anywhere]',
            'whitespace-pre-wrap',
          )}
        >
          {task.description}
        </p>
        <p className="mt-1 text-xs text-faint">
          asked by {task.requested_by}
          {task.model && (
            <>
              , with <span className="font-mono">{task.model}</span>
            </>
          )}
        </p>
        <TaskLinks task={task} />
        <TaskActions task={task} onTaken={({ agent_name, task_id }) => openTask(agent_name, task_id)} />
        {running && task.status !== 'assigned' && (
          <div className="mt-3 flex items-center gap-3">
            <Progress
              label="Progress"
              percent={task.progress}
              indeterminate={task.indeterminate}
              className="h-1.5 flex-1"
            />
            <span className="text-xs font-medium text-soft tabular-nums">{howFar(task)}</span>
          </div>
        )}
      </section>
      {running && task.model_wait && (
        <p role="note" className="rounded-lg bg-rail px-3 py-2 text-sm text-soft">
          {modelWaitText(task.model_wait)}
        </p>
      )}
      {task.reason && (
        <p
          dir="auto"
          role="note"
          className={classNames(
            'rounded-lg px-3 py-2 text-sm [overflow-wrap:anywhere]',
            noteColours(task.status),
          )}
        >
          {task.reason}
        </p>
      )}
      <SteerBox task={task} />
      {task.output && (
        <Part title="Answer">
          <Markdown text={task.output} />
        </Part>
      )}
      {task.changes.length > 0 && (
        <Part title={task.changes.length === 1 ? '1 changed file' : `${task.changes.length} changed files`}>
          <div className="overflow-hidden rounded-xl border border-line">
            <ChangeList changes={task.changes} />
          </div>
        </Part>
      )}
      {task.plan.length > 0 && (
        <Part title="Plan">
          <PlanList plan={task.plan} />
        </Part>
      )}
      {task.tools.length > 0 && (
        <Part title="Trace">
          <ToolTrace tools={task.tools} running={running} />
        </Part>
      )}
    </div>
  );
}

function noteColours(status: Task['status']): string {
  if (status === 'working' || status === 'stopped') return 'bg-rail text-soft';
  return status === 'waiting' || status === 'stuck' ? 'bg-warn-soft text-warn' : 'bg-bad-soft text-bad';
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 text-xs font-semibold text-faint">{title}</h3>
      {children}
    </section>
  );
}

/** Percent of its plan, else what it is about. */
function howFar({ indeterminate, progress, tools, model_wait }: Task): string {
  if (!indeterminate) return `${Math.round(progress)} %`;
  return model_wait === null ? phaseOf(tools) : 'waiting';
}
