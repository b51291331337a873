/** Texts that carry a number, and when each was sent and seen. */
export interface Latencies {
  /** The next text. It is taken to be sent now. */
  next(): string;
  /** Sees a payload at a receiver. */
  received(payload: Buffer, size: number): void;
  /** Milliseconds from sent to seen, ascending. */
  samples(): number[];
  /** Forgets what was seen so far. */
  reset(): void;
}

const digits = 8;
const mark = '~'.charCodeAt(0);
const zero = '0'.charCodeAt(0);
/** Times of so many messages are kept: more than are ever under way. */
const remembered = 1 << 16;
const samplesMax = 2_000_000;

export function createLatencies(textBytes: number): Latencies {
  const sentAt = new Float64Array(remembered);
  const filler = ' lorem ipsum'.repeat(Math.ceil(textBytes / 12)).slice(0, textBytes - digits - 1);
  let seen: number[] = [];
  let number = 0;

  return {
    next() {
      const text = `~${String(number).padStart(digits, '0')}${filler}`;
      sentAt[number % remembered] = performance.now();
      number += 1;
      return text;
    },
    received(payload, size) {
      if (size < textBytes || seen.length >= samplesMax) return;
      const at = payload.indexOf(mark);
      if (at < 0) return;
      let found = 0;
      for (let index = 1; index <= digits; index += 1) found = found * 10 + (payload[at + index] ?? 0) - zero;
      seen.push(performance.now() - (sentAt[found % remembered] ?? 0));
    },
    samples: () => seen.sort((a, b) => a - b),
    reset() {
      seen = [];
    },
  };
}
