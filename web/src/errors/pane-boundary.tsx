import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { ErrorBoundary } from './error-boundary.tsx';

interface PaneBoundaryProps {
  /** How the pane is called at the beginning of a sentence. */
  readonly name: string;
  readonly subject?: unknown;
  readonly children: ReactNode;
}

/** A part of the page that fails says so in its place; the other parts go on. */
export function PaneBoundary({ name, subject, children }: PaneBoundaryProps) {
  return (
    <ErrorBoundary
      subject={subject}
      fallback={(retry) => (
        <div role="alert" className="grid min-h-0 flex-1 place-content-center gap-3 p-6 text-center">
          <p className="text-soft">{name} could not be shown. The error is in the browser's console.</p>
          <div className="flex justify-center gap-2">
            <Button onClick={retry}>Try again</Button>
            <Button look="quiet" onClick={() => window.location.reload()}>
              Reload the page
            </Button>
          </div>
        </div>
      )}
    >
      {children}
    </ErrorBoundary>
  );
}
