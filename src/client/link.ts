/** One WebSocket, reduced to what the client needs: it opens, carries texts, and ends exactly once. */
export interface Link {
  send(text: string): void;
  /** Ends it from this side, now: nothing more is heard of it. */
  drop(code?: number): void;
}

export interface LinkEnd {
  readonly code: number;
  /** What the server said, may be empty. */
  readonly reason: string;
  /** Whether it was ever open. */
  readonly opened: boolean;
}

export interface LinkEvents {
  opened(): void;
  received(data: unknown): void;
  /** Not called after `drop`. */
  ended(end: LinkEnd): void;
}

const normalClosure = 1000;

export function openLink(url: string, WebSocketClass: typeof globalThis.WebSocket, events: LinkEvents): Link {
  const socket = new WebSocketClass(url);
  const silence = new AbortController();
  const { signal } = silence;
  let opened = false;
  socket.addEventListener(
    'open',
    () => {
      opened = true;
      events.opened();
    },
    { signal },
  );
  socket.addEventListener('message', (message) => events.received(message.data), { signal });
  socket.addEventListener(
    'close',
    ({ code, reason }) => {
      silence.abort();
      events.ended({ code, reason, opened });
    },
    { signal },
  );
  return {
    send: (text) => socket.send(text),
    drop(code = normalClosure) {
      silence.abort();
      socket.close(code);
    },
  };
}
