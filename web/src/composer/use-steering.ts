import { useMemo, useRef, useState } from 'react';
import { limits, type Task } from '../../../src/protocol/index.ts';
import { randomId } from '../lib/ids.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { addressedAgents, steerableTask, withoutMentionOf } from '../state/addressed.ts';

/** How a text reaches an agent at work: as a task that waits in line, after its present step, or at once. */
export type SendAs = 'task' | 'next' | 'now';

export interface Steering {
  /** What the one agent that the text addresses is at. */
  readonly task: Task;
  /** It is talked about here, and one may tell it something; else the text can only wait in line. */
  readonly tellable: boolean;
  readonly as: SendAs;
  choose(as: SendAs): void;
  /** The text can be told; it is not being told already. */
  readonly ready: boolean;
  readonly tooLong: boolean;
  /** Resolves to whether it was told. */
  tell(): Promise<boolean>;
}

/** What a text can do about the one agent that it addresses while that is at work, or null. */
export function useSteering(conversationId: string, text: string): Steering | null {
  const { acts } = useLive();
  const members = useAppState((state) => state.members);
  const conversation = useAppState((state) => state.conversations[conversationId]);
  const online = useAppState((state) => state.link.kind === 'online');
  const mayAssign = useMay('assign');
  const [chosen, setChosen] = useState<{ readonly taskId: string; readonly as: SendAs } | null>(null);
  const [telling, setTelling] = useState(false);
  /** So that what is tried again after a dropped link is told once. */
  const attempt = useRef({ told: '', id: '' });

  const agentName = useMemo(() => {
    const [only, ...more] = conversation ? addressedAgents(text, conversation, members) : [];
    return more.length === 0 ? only : undefined;
  }, [text, conversation, members]);
  const task = useAppState(({ tasks }) => (agentName === undefined ? null : steerableTask(tasks, agentName)));
  if (task === null || agentName === undefined) return null;

  const told = withoutMentionOf(agentName, text, members);
  const tooLong = told.length > limits.steerCharsMax;
  const tellable = mayAssign && task.conversation_id === conversationId;
  const as = tellable && chosen?.taskId === task.task_id ? chosen.as : 'task';
  return {
    task,
    tellable,
    as,
    choose: (next) => setChosen({ taskId: task.task_id, as: next }),
    ready: online && !telling && told !== '' && !tooLong,
    tooLong,
    async tell() {
      if (as === 'task') return false;
      if (attempt.current.told !== told) attempt.current = { told, id: randomId() };
      setTelling(true);
      const wasTold = await acts.steer(task.task_id, told, as, attempt.current.id);
      setTelling(false);
      if (wasTold) {
        attempt.current = { told: '', id: '' };
        setChosen(null);
      }
      return wasTold;
    },
  };
}
