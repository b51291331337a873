import type { Person } from '../state/selectors.ts';
import { Avatar } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';
import { useView } from '../view.ts';

export function PersonRow({ person }: { readonly person: Person }) {
  const { openDirect } = useView();
  return (
    <li>
      <button
        type="button"
        disabled={person.self}
        title={person.self ? undefined : `Message ${person.name}`}
        onClick={() => openDirect(person.name)}
        className="flex h-8 w-full items-center gap-2.5 rounded-lg px-2 text-left not-disabled:hover:bg-hover"
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
        <span className={classNames('min-w-0 flex-1 truncate text-sm', !person.present && 'text-faint')}>
          {person.name}
          {person.self && <span className="ml-1.5 text-xs text-faint">you</span>}
          <span className="sr-only">{person.present ? ', here' : ', away'}</span>
        </span>
      </button>
    </li>
  );
}
