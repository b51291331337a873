import { type ChatClient, connect } from '../../src/client/index.ts';
import { type ChatMessage, limits } from '../../src/protocol/index.ts';
import { createDroppingSockets, type DroppingSockets } from './dropping-sockets.ts';
import type { Random } from './random.ts';

/** A client as an application is one: it holds what it was told, and loads only when it is told to. */
export interface FuzzClient {
  readonly name: string;
  readonly client: ChatClient;
  readonly sockets: DroppingSockets;
  /** Messages as it has them, in the order it heard of them. */
  messages(): readonly ChatMessage[];
  /** Resolves when it holds a message that is, or will be, said. */
  holds(id: number): Promise<void>;
  /** What was not as promised. */
  readonly faults: readonly string[];
}

export function openFuzzClient(name: string, url: string, random: Random): FuzzClient {
  const sockets = createDroppingSockets(random);
  const faults: string[] = [];
  const waiting = new Set<() => void>();
  let held: ChatMessage[] = [];
  let loaded = false;
  let lastPosition = 0;
  const client = connect({
    url,
    auth: { user_id: name },
    WebSocket: sockets.WebSocket,
    timing: { reconnectBaseMs: 2, reconnectCeilingMs: 20 },
    random: () => random.number(1_000) / 1_000,
    onProblem: (problem) => faults.push(problem),
  });

  function changed(): void {
    for (const wake of [...waiting]) wake();
  }

  client.onReload(async () => {
    loaded = false;
    const pages: ChatMessage[] = [];
    for (;;) {
      const oldest = pages[0]?.id;
      const { messages, has_more } = await client.request('get_chat_history', {
        limit: limits.historyPageMax,
        ...(oldest === undefined ? {} : { before: oldest }),
      });
      pages.unshift(...messages);
      if (!has_more) break;
    }
    const known = new Set(pages.map(({ id }) => id));
    // What was heard while it loaded is newer than the page.
    held = [...pages, ...held.filter(({ id }) => !known.has(id))];
    loaded = true;
    changed();
  });
  client.on('chat_message', (message, position) => {
    if (position === undefined || position <= lastPosition) faults.push(`position ${position} came again`);
    lastPosition = position ?? lastPosition;
    // A page that was asked for before may hold it already; after that, once is once.
    const twice = held.some(({ id }) => id === message.id);
    if (!twice) held.push(message);
    changed();
  });

  return {
    name,
    client,
    sockets,
    faults,
    messages: () => held,
    async holds(id) {
      while (!(loaded && held.some((message) => message.id === id))) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
  };
}
