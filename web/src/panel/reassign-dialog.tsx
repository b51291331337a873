import { useState } from 'react';
import type { Task } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { agentsOf } from '../state/selectors.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface ReassignDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly task: Pick<Task, 'task_id' | 'agent_name' | 'description'>;
  readonly onTaken?: ((task: Task) => void) | undefined;
}

/** Gives a task to another agent. */
export function ReassignDialog({ open, onOpenChange, task, onTaken }: ReassignDialogProps) {
  const { acts } = useLive();
  const members = useAppState((state) => state.members);
  const agents = useAppState((state) => state.agents);
  const [giving, setGiving] = useState(false);
  const others = agentsOf({ members, agents }).filter(({ member }) => member.name !== task.agent_name);

  async function give(name: string) {
    setGiving(true);
    const given = await acts.reassign(task.task_id, name);
    setGiving(false);
    if (!given) return;
    onOpenChange(false);
    onTaken?.(given);
  }

  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Who gets it?" description={task.description}>
      {others.length === 0 && <p className="mt-4 text-sm text-soft">There is no other agent.</p>}
      <ul className="mt-4 max-h-72 space-y-1 overflow-y-auto">
        {others.map(({ member, state }) => (
          <li key={member.name}>
            <Button className="w-full" disabled={giving} onClick={() => give(member.name)}>
              <bdi className="font-mono">{member.name}</bdi>
              <span className="flex-1 text-left text-xs text-faint">{member.role}</span>
              <span className="text-xs text-faint">{state}</span>
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
