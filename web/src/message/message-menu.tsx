import { Ellipsis } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { classNames } from '../ui/class-names.ts';
import { menuItem, popup } from '../ui/looks.ts';
import type { MessageAction } from './use-message-actions.ts';

interface MessageMenuProps {
  readonly actions: readonly MessageAction[];
  readonly onOpenChange: (open: boolean) => void;
}

/** The rest of what can be done with a message, with the keys that do it. */
export function MessageMenu({ actions, onOpenChange }: MessageMenuProps) {
  return (
    <DropdownMenu.Root modal={false} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger
        aria-label="More actions"
        title="More actions"
        className={classNames(
          'grid size-8 place-items-center rounded-lg text-soft hover:bg-hover',
          'data-[state=open]:bg-hover',
        )}
      >
        <Ellipsis aria-hidden="true" className="size-4" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} collisionPadding={8} className={`min-w-52 ${popup}`}>
          {actions.map(({ label, icon: Icon, key, danger, run }) => (
            <DropdownMenu.Item
              key={label}
              // After the menu has given the focus back, so that an editor or a dialog can take it.
              onSelect={() => requestAnimationFrame(run)}
              className={classNames(menuItem, danger && 'text-bad')}
            >
              <Icon aria-hidden="true" className="size-4 opacity-75" />
              <span className="flex-1">{label}</span>
              {key && (
                <kbd className="font-sans text-xs text-faint">
                  {key === 'Delete' ? 'Del' : key.toUpperCase()}
                </kbd>
              )}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
