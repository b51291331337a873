import type { ChatClient } from '../client/index.ts';
import { isSame } from './conversation-names.ts';
import { requestLine } from './file-lines.ts';
import type { Gate } from './gate.ts';
import { cleanLine } from './sanitise.ts';

interface WatchedFiles {
  readonly client: ChatClient;
  readonly gate: Gate;
  readonly self: () => string;
  readonly aside: (text: string) => void;
}

/** Tells who is asked for a file, and who waited for one, what became of it. Gives back how to stop. */
export function watchFiles({ client, gate, self, aside }: WatchedFiles): () => void {
  return client.on('lock_request_update', (request) =>
    gate.pass(() => {
      const { status, holder, requester, path } = request;
      if (status === 'pending' && isSame(holder, self())) aside(requestLine(request));
      if (!isSame(requester, self())) return;
      if (status === 'approved') aside(`You hold ${cleanLine(path)} now.`);
      if (status === 'denied') aside(`${cleanLine(path)} is not handed over to you.`);
    }),
  );
}
