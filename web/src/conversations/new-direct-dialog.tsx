import { Check } from 'lucide-react';
import { useMemo, useState } from 'react';
import { matchNames } from '../lib/mention-query.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Dialog } from '../ui/dialog.tsx';
import { FormFooter } from '../ui/form-footer.tsx';
import { field } from '../ui/looks.ts';
import { useView } from '../view.ts';
import { MemberFace } from './conversation-icon.tsx';

interface NewDirectDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** A conversation with one or several, people and agents. */
export function NewDirectDialog({ open, onClose }: NewDirectDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="New direct message"
      description="Choose one or more. For the same people there is always the same conversation."
    >
      <MemberChoice onDone={onClose} />
    </Dialog>
  );
}

function MemberChoice({ onDone }: { readonly onDone: () => void }) {
  const members = useAppState((state) => state.members);
  const self = useAppState((state) => state.self.user_id);
  const { acts } = useLive();
  const { openConversation } = useView();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const others = useMemo(
    () =>
      Object.values(members)
        .filter(({ name }) => name !== self)
        .sort((a, b) => a.name.localeCompare(b.name)),
    [members, self],
  );
  const toggle = (name: string) =>
    setChosen((now) => (now.includes(name) ? now.filter((other) => other !== name) : [...now, name]));

  async function open() {
    const id = await acts.openDirect(chosen);
    if (id === null) return;
    onDone();
    openConversation(id);
  }

  return (
    <>
      <input
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder="Find somebody"
        aria-label="Find somebody"
        className={`mt-4 ${field}`}
      />
      <ul className="mt-2 max-h-64 space-y-px overflow-y-auto" aria-label="Members">
        {matchNames(others, typed).map(({ name, kind, role }) => (
          <li key={name}>
            <button
              type="button"
              aria-pressed={chosen.includes(name)}
              onClick={() => toggle(name)}
              className={classNames(
                'flex h-10 w-full items-center gap-2.5 rounded-lg px-2 text-left text-sm hover:bg-hover',
                chosen.includes(name) && 'bg-accent-soft hover:bg-accent-soft',
              )}
            >
              <MemberFace name={name} />
              <span dir="auto" className={classNames('truncate', kind === 'agent' && 'font-mono')}>
                {name}
              </span>
              <span className="truncate text-xs text-faint">{role}</span>
              {chosen.includes(name) && (
                <Check aria-hidden="true" className="ml-auto size-4 text-accent-strong" />
              )}
            </button>
          </li>
        ))}
      </ul>
      <FormFooter onCancel={onDone}>
        <Button look="primary" disabled={chosen.length === 0} onClick={() => void open()}>
          Start
        </Button>
      </FormFooter>
    </>
  );
}
