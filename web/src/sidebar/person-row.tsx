import { Settings2 } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../live/use-may.ts';
import type { Person } from '../state/selectors.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { useView } from '../view.ts';
import { PersonDialog } from './person-dialog.tsx';

export function PersonRow({ person }: { readonly person: Person }) {
  const { openDirect } = useView();
  const mayPost = useMay('post');
  const mayManage = useMay('manage_roles');
  const [managing, setManaging] = useState(false);
  const off = person.self || !mayPost;
  return (
    <li className="flex items-center">
      <button
        type="button"
        disabled={off}
        title={off ? undefined : `Message ${person.name}`}
        onClick={() => openDirect(person.name)}
        className={classNames(
          'flex h-8 min-w-0 flex-1 items-center gap-2.5 rounded-lg px-2 text-left',
          'not-disabled:hover:bg-hover',
        )}
      >
        <span className={classNames('relative', !person.present && 'opacity-60')}>
          <Avatar name={person.name} kind="person" size="small" />
          <span
            aria-hidden="true"
            className={classNames(
              'absolute -right-0.5 -bottom-0.5 size-2.5 rounded-full border-2 border-rail',
              person.present ? 'bg-ok' : 'bg-line-strong',
            )}
          />
        </span>
        <span
          dir="auto"
          className={classNames('min-w-0 flex-1 truncate text-sm', !person.present && 'text-faint')}
        >
          {person.name}
          {person.self && <span className="ml-1.5 text-xs text-faint">you</span>}
          <span className="sr-only">{person.present ? ', here' : ', away'}</span>
        </span>
      </button>
      {mayManage && !person.self && (
        <>
          <IconButton label={`Manage ${person.name}`} className="size-7" onClick={() => setManaging(true)}>
            <Settings2 aria-hidden="true" className="size-4" />
          </IconButton>
          <PersonDialog person={person} open={managing} onOpenChange={setManaging} />
        </>
      )}
    </li>
  );
}
