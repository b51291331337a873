import type { ConnectionState } from '../../../src/client/index.ts';
import { classNames } from '../ui/class-names.ts';

const words: Record<ConnectionState['kind'], string> = {
  connecting: 'connecting…',
  online: 'connected',
  waiting: 'offline',
  closed: 'disconnected',
};

const dots: Record<ConnectionState['kind'], string> = {
  connecting: 'bg-warn animate-breathe',
  online: 'bg-ok',
  waiting: 'bg-warn',
  closed: 'bg-bad',
};

/** Whether this page hears the server, in a word. */
export function LinkState({ link }: { readonly link: ConnectionState }) {
  return (
    <div data-testid="connection-status" className="flex items-center gap-1.5 text-xs text-faint">
      <span aria-hidden="true" className={classNames('size-1.5 rounded-full', dots[link.kind])} />
      {words[link.kind]}
    </div>
  );
}
