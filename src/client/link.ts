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
  /** True when somebody awaited it: what comes after it is told when they have gone on. */
  received(data: unknown): boolean;
  /** Not called after `drop`. */
  ended(end: LinkEnd): void;
}

const normalClosure = 1000;

/**
 * Node tells all that came together in one go, so that code which awaits an answer would go on only after
 * what was sent later than it. Browsers have no such call and need none: each message is a task of its own.
 */
const { setImmediate: inNextTask } = globalThis as { setImmediate?: (go: () => void) => unknown };

export function openLink(url: string, WebSocketClass: typeof globalThis.WebSocket, events: LinkEvents): Link {
  const socket = new WebSocketClass(url);
  const silence = new AbortController();
  const { signal } = silence;
  let opened = false;
  /** What is told in the next task, in order. */
  let held: (() => boolean)[] | undefined;

  function inOrder(tell: () => boolean): void {
    if (held) held.push(tell);
    else if (tell() && inNextTask) hold(inNextTask);
  }

  function hold(inNextTask: (go: () => void) => unknown): void {
    held = [];
    inNextTask(() => {
      const due = held ?? [];
      held = undefined;
      for (const tell of due) inOrder(tell);
    });
  }

  socket.addEventListener(
    'open',
    () => {
      opened = true;
      events.opened();
    },
    { signal },
  );
  socket.addEventListener('message', ({ data }) => inOrder(() => !signal.aborted && events.received(data)), {
    signal,
  });
  socket.addEventListener(
    'close',
    ({ code, reason }) => {
      inOrder(() => {
        if (!signal.aborted) events.ended({ code, reason, opened });
        silence.abort();
        return false;
      });
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
