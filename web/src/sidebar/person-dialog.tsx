import { useState } from 'react';
import { type PersonRole, personRoles } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import type { Person } from '../state/selectors.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormFooter } from '../ui/form-footer.tsx';
import { field } from '../ui/looks.ts';

interface PersonDialogProps {
  readonly person: Person;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** What an admin does about somebody: another role, or off the team. */
export function PersonDialog({ person: { name, role }, open, onOpenChange }: PersonDialogProps) {
  const { client } = useLive();
  const [removing, setRemoving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function attempt(act: () => Promise<unknown>) {
    setProblem(null);
    try {
      await act();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  function change(next: boolean) {
    setRemoving(false);
    setProblem(null);
    onOpenChange(next);
  }

  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={removing ? `Remove ${name}?` : name}
      description={
        removing
          ? `All that signs ${name} in ends at once, also the keys that ${name} made. What was said stays.`
          : 'A role says what somebody may do. Another one counts at once.'
      }
    >
      {!removing && (
        <label className="mt-4 block text-sm">
          <span className="mb-1 block font-medium">Role</span>
          <select
            className={field}
            value={role ?? ''}
            onChange={({ target }) =>
              void attempt(() => client.request('set_role', { name, role: target.value as PersonRole }))
            }
          >
            {personRoles.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      )}
      {removing ? (
        <FormFooter problem={problem} onCancel={() => setRemoving(false)} cancelWord="Keep">
          <Button look="danger" onClick={() => void attempt(() => client.request('remove_person', { name }))}>
            Remove {name}
          </Button>
        </FormFooter>
      ) : (
        <FormFooter problem={problem}>
          <Button look="danger" onClick={() => setRemoving(true)}>
            Remove from the team…
          </Button>
        </FormFooter>
      )}
    </Dialog>
  );
}
