import { CornerDownRight } from 'lucide-react';
import type { ChatMessage, Steer } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { useView } from '../view.ts';

/** Under what an agent was told at its work: whether it has read it, and the way to the task. */
export function SteerNote({ message, taskId }: { readonly message: ChatMessage; readonly taskId: string }) {
  const task = useAppState((state) => state.tasks[taskId]);
  const { openTask } = useView();
  const agentName = task?.agent_name ?? message.mentions[0];
  if (agentName === undefined) return null;
  const steer = task?.steers.find(({ steer_id }) => message.client_message_id?.endsWith(steer_id));
  return (
    <button
      type="button"
      data-testid="steer-note"
      onClick={() => openTask(agentName, taskId)}
      className="mt-0.5 flex items-center gap-1.5 text-xs text-faint hover:text-ink hover:underline"
    >
      <CornerDownRight aria-hidden="true" className="size-3.5 text-accent" />
      told {agentName} at work{steer && `, ${steerProgress(steer)}`}
    </button>
  );
}

/** Whether the agent has read what it was told. */
export function steerProgress({ read_at, when }: Steer): string {
  if (read_at !== null) return 'read';
  return when === 'now' ? 'not read yet' : 'read after this step';
}
