import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { useReturnFocus } from './use-return-focus.ts';

interface SheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly side: 'left' | 'right';
  readonly title: string;
  readonly children: ReactNode;
}

/** What stands beside the room on a wide screen lies above it on a narrow one. */
export function Sheet({ open, onClose, side, title, children }: SheetProps) {
  const focus = useReturnFocus();
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <div aria-hidden="true" className="fixed inset-0 z-30 bg-scrim" />
        <Radix.Content
          {...focus}
          aria-describedby={undefined}
          className={classNames(
            'fixed inset-y-0 z-40 flex flex-col bg-canvas shadow-float focus:outline-none',
            side === 'left'
              ? 'left-0 w-[min(19rem,86vw)] animate-arrive'
              : 'right-0 w-[min(28rem,100vw)] animate-sheet',
          )}
        >
          <Radix.Title dir="auto" className="sr-only">
            {title}
          </Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
