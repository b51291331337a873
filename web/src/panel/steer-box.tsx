import { type FormEvent, useState } from 'react';
import { limits, type Task } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { hasEnded } from '../state/task-state.ts';
import { Button } from '../ui/button.tsx';

/** What a task was told, and a line to tell it more while it is not at its end. */
export function SteerBox({ task }: { readonly task: Task }) {
  const { acts } = useLive();
  const [text, setText] = useState('');
  const [telling, setTelling] = useState(false);
  const online = useAppState((state) => state.link.kind === 'online');
  const mayAssign = useMay('assign');
  const maySteer = mayAssign && !hasEnded(task) && task.status !== 'stopping';

  async function tell(when: 'now' | 'next') {
    if (text.trim() === '' || telling) return;
    setTelling(true);
    if (await acts.steer(task.task_id, text, when)) setText('');
    setTelling(false);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void tell('next');
  }

  if (!maySteer && task.steers.length === 0) return null;
  return (
    <section data-testid="steer-box">
      <h3 className="mb-1.5 text-xs font-semibold text-faint">Told meanwhile</h3>
      <ul className="space-y-1 text-sm">
        {task.steers.map((steer) => (
          <li key={steer.steer_id} className="flex gap-2 [overflow-wrap:anywhere]">
            <span className="flex-1">
              <bdi className="font-medium">{steer.by}</bdi> <bdi>{steer.text}</bdi>
            </span>
            <span className="text-xs text-faint">{steer.read_at === null ? 'not read yet' : 'read'}</span>
          </li>
        ))}
      </ul>
      {maySteer && (
        <form className="mt-2 flex flex-wrap gap-2" onSubmit={submit}>
          <input
            dir="auto"
            aria-label={`Tell ${task.agent_name} something about this task`}
            placeholder={`Tell ${task.agent_name}…`}
            value={text}
            maxLength={limits.steerCharsMax}
            onChange={({ target }) => setText(target.value)}
            className="h-7 min-w-0 flex-1 rounded-lg border border-line-strong bg-canvas px-2 text-sm"
          />
          <Button size="small" type="submit" disabled={telling || !online}>
            After this step
          </Button>
          {task.status !== 'assigned' && (
            <Button size="small" disabled={telling || !online} onClick={() => tell('now')}>
              At once
            </Button>
          )}
        </form>
      )}
    </section>
  );
}
