import { UserPlus } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { limits, type PersonRole, parseUserId, personRoles } from '../../../src/protocol/index.ts';
import { useAppState } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Dialog } from '../ui/dialog.tsx';
import { FormFooter } from '../ui/form-footer.tsx';
import { field } from '../ui/looks.ts';
import { inviteByLink, type SignInLink } from './links.ts';
import { OneTimeLink } from './one-time-link.tsx';

/** For admins: opens the dialog that makes a sign-in link for somebody. */
export function InviteButton() {
  const mayInvite = useMay('invite');
  const [open, setOpen] = useState(false);
  if (!mayInvite) return null;
  return (
    <>
      <IconButton label="Invite a person" className="size-7" onClick={() => setOpen(true)}>
        <UserPlus aria-hidden="true" className="size-4" />
      </IconButton>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Invite a person"
        description="Makes a link that signs one browser in. Send it to the person whom it is for."
      >
        {open && <Invite onDone={() => setOpen(false)} />}
      </Dialog>
    </>
  );
}

interface Invited {
  readonly name: string;
  readonly made: SignInLink;
}

function Invite({ onDone }: { readonly onDone: () => void }) {
  const [invited, setInvited] = useState<Invited | null>(null);
  if (invited === null) return <InviteForm onMade={setInvited} onCancel={onDone} />;
  return (
    <>
      <OneTimeLink made={invited.made} whose={invited.name} />
      <FormFooter onCancel={() => setInvited(null)} cancelWord="Invite another person">
        <Button onClick={onDone}>Done</Button>
      </FormFooter>
    </>
  );
}

interface InviteFormProps {
  readonly onMade: (invited: Invited) => void;
  readonly onCancel: () => void;
}

function InviteForm({ onMade, onCancel }: InviteFormProps) {
  const members = useAppState((state) => state.members);
  const [name, setName] = useState('');
  const [role, setRole] = useState<PersonRole>('developer');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const wanted = parseUserId(name.trim());
  const known = Object.values(members).find(({ name }) => name.toLowerCase() === wanted?.toLowerCase());
  const isAgent = known?.kind === 'agent';

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (wanted === undefined || isAgent) return;
    setBusy(true);
    setProblem(null);
    try {
      const made = await inviteByLink(known?.name ?? wanted, known ? undefined : role);
      onMade({ name: known?.name ?? wanted, made });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="mt-4 space-y-4">
      <label className="block text-sm">
        <span className="mb-1 block font-medium">Name</span>
        <input
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={limits.userIdCharsMax}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="ruth"
          aria-describedby={`${id}-hint`}
          className={field}
        />
        <span
          id={`${id}-hint`}
          className={classNames('mt-1 block text-xs', isAgent ? 'text-bad' : 'text-faint')}
        >
          {hint(known, isAgent)}
        </span>
      </label>
      <label className="block text-sm">
        <span className="mb-1 block font-medium">Role</span>
        <select
          className={field}
          value={known?.role ?? role}
          disabled={known !== undefined}
          onChange={({ target }) => setRole(target.value as PersonRole)}
        >
          {known && <option>{known.role}</option>}
          {personRoles.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <FormFooter problem={problem} onCancel={onCancel}>
        <Button type="submit" look="primary" disabled={wanted === undefined || isAgent || busy}>
          {busy ? 'Making a link…' : 'Make a link'}
        </Button>
      </FormFooter>
    </form>
  );
}

function hint(known: { readonly name: string } | undefined, isAgent: boolean): string {
  if (known === undefined) return 'The name that others mention.';
  if (isAgent) return `${known.name} is an agent. Choose another name.`;
  return `${known.name} is in the team already. The link signs ${known.name} in on another device.`;
}
