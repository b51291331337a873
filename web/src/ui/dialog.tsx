import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { classNames } from './class-names.ts';
import { useReturnFocus } from './use-return-focus.ts';

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description: string;
  readonly children: ReactNode;
}

/** A dialog in the middle. Its scrim is our own element: Radix' overlay would need an inline style sheet. */
export function Dialog({ open, onOpenChange, title, description, children }: DialogProps) {
  const focus = useReturnFocus();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <div aria-hidden="true" className="fixed inset-0 z-40 bg-scrim" />
        <div className="pointer-events-none fixed inset-0 z-50 grid place-items-center overflow-y-auto p-4">
          <Radix.Content
            {...focus}
            className={classNames(
              'pointer-events-auto w-full max-w-md animate-arrive rounded-2xl border border-line',
              'bg-raised p-5 shadow-float focus:outline-none',
            )}
          >
            <div className="flex items-start justify-between gap-3">
              <Radix.Title dir="auto" className="text-lg font-semibold tracking-tight">
                {title}
              </Radix.Title>
              <Radix.Close asChild>
                <IconButton label="Close" className="-mt-1 -mr-1.5">
                  <X aria-hidden="true" className="size-4.5" />
                </IconButton>
              </Radix.Close>
            </div>
            <Radix.Description dir="auto" className="mt-1 text-sm text-soft">
              {description}
            </Radix.Description>
            {children}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}
