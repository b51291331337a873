/** Browsers draw no frames for a hidden tab; a flush waits this long at most. */
const frameWaitMsMax = 250;
/** After a flush that took long, the page is left alone for as long, up to this: people type meanwhile. */
const restMsMax = 400;
/** A flush that takes longer than a frame has is followed by a rest. */
const briefMs = 16;

/**
 * When the page takes up what has changed: before the next frame is drawn, or after a while if none is
 * drawn. In a burst of news half of the time stays free for the reader.
 */
export function createFlushes(): (flush: () => void) => void {
  let restUntil = 0;

  function run(flush: () => void): void {
    const begun = performance.now();
    flush();
    // React renders in a microtask that it queued just now.
    queueMicrotask(() => {
      const now = performance.now();
      const took = now - begun;
      restUntil = took > briefMs ? now + Math.min(took, restMsMax) : 0;
    });
  }

  function beforeNextFrame(flush: () => void): void {
    const go = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      run(flush);
    };
    const frame = requestAnimationFrame(go);
    const timer = setTimeout(go, frameWaitMsMax);
  }

  return (flush) => {
    const restMs = restUntil - performance.now();
    if (restMs <= 0) beforeNextFrame(flush);
    else setTimeout(() => beforeNextFrame(flush), restMs);
  };
}
