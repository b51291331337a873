import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';

interface PanelHeaderProps {
  readonly title: string;
  readonly detail?: ReactNode;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** The head of what is beside the conversation. */
export function PanelHeader({ title, detail, onClose, children }: PanelHeaderProps) {
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b border-line pr-3 pl-4">
      <h2 className="min-w-0 flex-1 truncate font-semibold tracking-tight">
        {title}
        {detail && (
          <span dir="auto" className="ml-2 text-sm font-normal text-faint">
            {detail}
          </span>
        )}
      </h2>
      {children}
      <IconButton label="Close" onClick={onClose}>
        <X aria-hidden="true" className="size-4.5" />
      </IconButton>
    </header>
  );
}
