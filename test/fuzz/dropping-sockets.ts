import type { Random } from './random.ts';

/** WebSockets that lose their connection in the middle of anything. */
export interface DroppingSockets {
  readonly WebSocket: typeof globalThis.WebSocket;
  /** The open one is gone now. */
  drop(): void;
  /** The open one is gone after some more frames came. */
  dropSoon(framesMax: number): void;
  /** From now on nothing is dropped any more. */
  calm(): void;
}

export function createDroppingSockets(random: Random): DroppingSockets {
  let current: globalThis.WebSocket | undefined;
  let framesLeft = Number.POSITIVE_INFINITY;

  /** The peer is not told why; the client hears of it as of any lost connection. */
  function drop(): void {
    framesLeft = Number.POSITIVE_INFINITY;
    current?.close(4_000);
  }

  class DroppingSocket extends globalThis.WebSocket {
    constructor(url: string | URL) {
      super(url);
      current = this;
      this.addEventListener('message', (frame) => {
        framesLeft -= 1;
        if (framesLeft <= 0) drop();
        // Of a lost connection nothing more is heard, also of what came together with the last frame.
        if (this.readyState !== this.OPEN) frame.stopImmediatePropagation();
      });
    }
  }

  return {
    WebSocket: DroppingSocket,
    drop,
    dropSoon(framesMax) {
      framesLeft = 1 + random.number(framesMax);
    },
    calm() {
      framesLeft = Number.POSITIVE_INFINITY;
    },
  };
}
