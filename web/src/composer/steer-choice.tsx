import { CornerDownRight, ListPlus, Zap } from 'lucide-react';
import { limits } from '../../../src/protocol/index.ts';
import { Avatar } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';
import { type Segment, Segmented } from '../ui/segmented.tsx';
import type { SendAs, Steering } from './use-steering.ts';

const chosen = 'bg-accent-soft text-accent-strong';

const ways: readonly Segment<SendAs>[] = [
  { value: 'task', word: 'New task', means: 'it waits in line', icon: ListPlus, chosen },
  { value: 'next', word: 'After this step', means: 'told when it has ended', icon: CornerDownRight, chosen },
  { value: 'now', word: 'At once', means: 'what it does is broken off', icon: Zap, chosen },
];

interface SteerChoiceProps {
  readonly id: string;
  readonly steering: Steering;
  readonly onChosen: () => void;
}

/** Above the composer, when the agent that the text addresses is at work: what becomes of the text. */
export function SteerChoice({ id, steering, onChosen }: SteerChoiceProps) {
  const { task, tellable, as } = steering;
  return (
    <div
      data-testid="steer-choice"
      className={classNames(
        'mb-1.5 flex animate-arrive flex-wrap items-center gap-x-3 gap-y-1.5 rounded-xl bg-rail px-3 py-2',
      )}
    >
      <Avatar name={task.agent_name} kind="agent" size="small" />
      <p id={id} role="status" className="min-w-40 flex-1 text-xs leading-snug text-soft">
        <span className="block truncate">
          <bdi className="font-mono font-semibold text-ink">{task.agent_name}</bdi> is at work
          {tellable ? `: ${task.description}` : ' elsewhere'}
        </span>
        <span className="block text-faint">{outcome(steering)}</span>
      </p>
      {tellable && (
        <Segmented
          value={as}
          segments={ways}
          disabled={false}
          onChange={(next) => {
            steering.choose(next);
            onChosen();
          }}
          aria-label={`How ${task.agent_name} gets this`}
          aria-describedby={id}
        />
      )}
    </div>
  );
}

/** What happens when it is sent now. */
function outcome({ as, ready, tooLong }: Steering): string {
  if (as === 'task') return 'This becomes a new task that waits in line.';
  if (tooLong) return `At most ${limits.steerCharsMax.toLocaleString()} characters are told to a task.`;
  if (!ready) return 'It can be told while you are online, and when there is something to tell.';
  return as === 'next'
    ? 'It reads this when its present step has ended, and goes on.'
    : 'It stops what it is doing, reads this, and goes on.';
}
