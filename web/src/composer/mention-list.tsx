import { Avatar } from '../ui/avatar.tsx';
import { classNames } from '../ui/class-names.ts';
import type { Mentions } from './use-mentions.ts';

/** Who can be mentioned. The focus stays in the composer, which names the active option. */
export function MentionList({ id, mentions }: { readonly id: string; readonly mentions: Mentions }) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Members"
      className={classNames(
        'absolute bottom-full left-0 z-20 mb-1.5 w-72 max-w-full animate-arrive rounded-xl border',
        'border-line-strong bg-raised p-1 shadow-float',
      )}
    >
      {mentions.options.map((option, index) => (
        <div
          key={option.name}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === mentions.active}
          tabIndex={-1}
          onPointerMove={() => index !== mentions.active && mentions.setActive(index)}
          onPointerDown={(event) => {
            event.preventDefault();
            mentions.choose(option);
          }}
          className={classNames(
            'flex h-9 items-center gap-2.5 rounded-lg px-2',
            index === mentions.active && 'bg-accent-soft text-accent-strong',
          )}
        >
          <Avatar name={option.name} kind={option.kind} size="small" />
          <span
            dir="auto"
            className={classNames('truncate text-sm font-medium', option.kind === 'agent' && 'font-mono')}
          >
            {option.name}
          </span>
          <span className="ml-auto truncate text-xs text-faint">{option.role}</span>
        </div>
      ))}
    </div>
  );
}
