import { CornerDownRight } from 'lucide-react';
import type { ChatMessage, Steer, Task } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { taskTold } from '../state/reach.ts';
import { useView } from '../view.ts';

/** Under what an agent was told at its work: whether it has read it, and the way to the task. */
export function SteerNote({ message, taskId }: { readonly message: ChatMessage; readonly taskId: string }) {
  const task = useAppState((state) => state.tasks[taskId]);
  const agentName = task?.agent_name ?? message.mentions[0];
  if (agentName === undefined) return null;
  const steer = task?.steers.find(({ steer_id }) => message.client_message_id?.endsWith(steer_id));
  return <Told agentName={agentName} taskId={taskId} steer={steer} status={task?.status} />;
}

/** The same under a reply that was told to a task because it stands in the task's thread. */
export function ReplyNote({ message }: { readonly message: ChatMessage }) {
  const task = useAppState((state) => taskTold(state, message));
  if (task === null) return null;
  const steer = task.steers.find(({ steer_id }) => steer_id === message.message_id);
  return <Told agentName={task.agent_name} taskId={task.task_id} steer={steer} status={task.status} />;
}

interface ToldProps {
  readonly agentName: string;
  readonly taskId: string;
  readonly steer: Steer | undefined;
  readonly status: Task['status'] | undefined;
}

function Told({ agentName, taskId, steer, status }: ToldProps) {
  const { openTask } = useView();
  return (
    <button
      type="button"
      data-testid="steer-note"
      onClick={() => openTask(agentName, taskId)}
      className="mt-0.5 flex items-center gap-1.5 text-xs text-faint hover:text-ink hover:underline"
    >
      <CornerDownRight aria-hidden="true" className="size-3.5 text-accent" />
      told {agentName}
      {status !== 'assigned' && ' at work'}
      {steer && `, ${steerProgress(steer, status)}`}
    </button>
  );
}

/** Whether the agent has read what it was told. */
export function steerProgress({ read_at, when }: Steer, status: Task['status'] | undefined): string {
  if (read_at !== null) return 'read';
  if (status === 'assigned') return 'read when the task starts';
  return when === 'now' ? 'not read yet' : 'read after this step';
}
