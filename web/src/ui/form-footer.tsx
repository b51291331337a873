import type { ReactNode } from 'react';
import { Button } from './button.tsx';

interface FormFooterProps {
  /** Why it could not be done, when it was tried. */
  readonly problem?: string | null;
  /** Leaves everything as it is; without it there is no such button. */
  readonly onCancel?: () => void;
  readonly cancelWord?: string;
  /** The button that does it. */
  readonly children: ReactNode;
}

/** The end of a form or a dialog: what went wrong, the way back, and the way on. */
export function FormFooter({ problem = null, onCancel, cancelWord = 'Cancel', children }: FormFooterProps) {
  return (
    <footer className="mt-5">
      {problem !== null && (
        <p role="alert" className="mb-4 rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
          {problem}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {onCancel && (
          <Button look="quiet" onClick={onCancel}>
            {cancelWord}
          </Button>
        )}
        {children}
      </div>
    </footer>
  );
}
