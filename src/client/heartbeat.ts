/** Asks again and again whether the other side is still there. */
export interface Heartbeat {
  start(): void;
  /** Something came from there, whatever it is. */
  heard(): void;
  stop(): void;
}

export interface HeartbeatOptions {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly ask: () => void;
  /** Nothing came in time. The heartbeat has stopped. */
  readonly silent: () => void;
}

export function createHeartbeat({ intervalMs, timeoutMs, ask, silent }: HeartbeatOptions): Heartbeat {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heardSince = false;

  function beat(): void {
    heardSince = false;
    ask();
    timer = setTimeout(() => {
      if (heardSince) start();
      else silent();
    }, timeoutMs);
  }

  function start(): void {
    clearTimeout(timer);
    timer = setTimeout(beat, intervalMs);
  }

  return {
    start,
    heard() {
      heardSince = true;
    },
    stop: () => clearTimeout(timer),
  };
}
