import { type FormEvent, useId, useState } from 'react';
import { agentNamePattern, limits, type Smartness } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Dialog } from '../ui/dialog.tsx';
import { FormFooter } from '../ui/form-footer.tsx';
import { field } from '../ui/looks.ts';
import { useView } from '../view.ts';
import { useRoles } from './use-roles.ts';

interface HireDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

const levels: readonly { readonly value: Smartness; readonly word: string; readonly hint: string }[] = [
  { value: 'normal', word: 'Normal', hint: 'quick everyday work' },
  { value: 'smart', word: 'Smart', hint: 'the stronger model' },
];

export function HireDialog({ open, onOpenChange }: HireDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Hire an agent"
      description="It joins the room at once and works when somebody mentions it."
    >
      <HireForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function HireForm({ onDone }: { readonly onDone: () => void }) {
  const { client } = useLive();
  const roles = useRoles();
  const { mention } = useView();
  const [name, setName] = useState('');
  const [role, setRole] = useState('developer');
  const [chosen, setChosen] = useState<Smartness | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const known = roles.find(({ name: other }) => other === role.trim().toLowerCase());
  const smartness = chosen ?? known?.model ?? 'normal';
  const wanted = name.trim().toLowerCase();
  const nameFits = agentNamePattern.test(wanted);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!nameFits) return;
    setBusy(true);
    setProblem(null);
    try {
      const job = { role: role.trim() || 'developer', smartness, known_role: true };
      await client.request('hire_agent', { name: wanted, ...job });
      onDone();
      mention(wanted);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="mt-5 space-y-4">
      <div>
        <label htmlFor={`${id}-name`} className="text-sm font-medium">
          Name
        </label>
        <input
          id={`${id}-name`}
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={32}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="maya"
          aria-describedby={`${id}-name-hint`}
          className={classNames(field, 'mt-1.5 font-mono')}
        />
        <p
          id={`${id}-name-hint`}
          className={classNames('mt-1 text-xs', name && !nameFits ? 'text-bad' : 'text-faint')}
        >
          A letter first, then letters, digits, “-” or “_”, at most 32.
        </p>
      </div>
      <div>
        <label htmlFor={`${id}-role`} className="text-sm font-medium">
          Role
        </label>
        <input
          id={`${id}-role`}
          value={role}
          onChange={(event) => setRole(event.target.value)}
          maxLength={limits.roleCharsMax}
          autoComplete="off"
          className={`mt-1.5 ${field}`}
        />
        <div className="mt-2 flex max-h-28 flex-wrap gap-1.5 overflow-y-auto">
          {roles.map(({ name: suggestion, expertise }) => (
            <button
              key={suggestion}
              type="button"
              title={expertise.join(', ')}
              aria-pressed={role === suggestion}
              onClick={() => setRole(suggestion)}
              className={classNames(
                'rounded-full border px-2.5 py-0.5 text-xs transition-colors',
                role === suggestion
                  ? 'border-accent bg-accent-soft font-medium text-accent-strong'
                  : 'border-line text-soft hover:bg-hover',
              )}
            >
              {suggestion}
            </button>
          ))}
        </div>
      </div>
      <fieldset>
        <legend className="text-sm font-medium">Smartness</legend>
        <div className="mt-1.5 grid grid-cols-2 gap-2">
          {levels.map(({ value, word, hint }) => (
            <label
              key={value}
              className={classNames(
                'flex cursor-pointer items-center gap-2.5 rounded-lg border px-3 py-2 text-sm',
                'has-focus-visible:outline-2 has-focus-visible:outline-offset-2',
                'has-focus-visible:outline-accent',
                smartness === value ? 'border-accent bg-accent-soft' : 'border-line hover:bg-hover',
              )}
            >
              <input
                type="radio"
                name={`${id}-smartness`}
                value={value}
                checked={smartness === value}
                onChange={() => setChosen(value)}
                className="accent-accent outline-none"
              />
              <span className="leading-tight">
                <span className="block font-medium">{word}</span>
                <span className="text-xs text-faint">{hint}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <FormFooter problem={problem} onCancel={onDone}>
        <Button type="submit" look="primary" disabled={!nameFits || busy}>
          {busy ? 'Hiring…' : nameFits ? `Hire ${wanted}` : 'Hire'}
        </Button>
      </FormFooter>
    </form>
  );
}
