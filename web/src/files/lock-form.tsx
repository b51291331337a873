import { type FormEvent, useState } from 'react';
import { limits } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { Button } from '../ui/button.tsx';

const box = 'min-w-0 flex-1 rounded-lg border border-line bg-raised px-2.5 py-1 text-[0.8125rem]';

/** Holds a file for oneself. */
export function LockForm() {
  const { acts } = useLive();
  const [path, setPath] = useState('');
  const [why, setWhy] = useState('');

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!(await acts.lock(path.trim(), why.trim()))) return;
    setPath('');
    setWhy('');
  }

  return (
    <form onSubmit={(event) => void submit(event)} className="mb-3 flex flex-wrap gap-2">
      <input
        aria-label="File, folder or glob"
        placeholder="File, folder/ or *.css"
        value={path}
        maxLength={limits.lockPathCharsMax}
        onChange={(event) => setPath(event.target.value)}
        className={`${box} basis-full font-mono`}
      />
      <input
        aria-label="What for"
        placeholder="What for"
        value={why}
        maxLength={limits.lockReasonCharsMax}
        onChange={(event) => setWhy(event.target.value)}
        className={box}
      />
      <Button type="submit" size="small" disabled={path.trim() === ''}>
        Hold
      </Button>
    </form>
  );
}
