import { limits } from '../../protocol/index.ts';
import { createShortener, type Shortener } from './shortener.ts';

/** A message that is too long to be taken. */
export interface LongFrame {
  readonly bytes: number;
  /** The message with its long texts cut; null: it is not known what it was. */
  readonly message: unknown;
}

export interface FrameFilterOptions {
  /** What a program prints to standard output that is no message: a banner, a log line. */
  readonly onNoise: (text: string) => void;
  /** Gives back what is taken instead. */
  readonly onLong: (frame: LongFrame) => object | null;
  readonly bytesMax?: number;
}

const newline = 0x0a;
/** The beginning of a message that stands behind other output in its line. */
const opening = '{"jsonrpc"';

/**
 * Lets through the messages of a program, a line each. Other output and messages over the limit are held
 * back, so that they do not end the connection for all that use it.
 */
export function createFrameFilter(options: FrameFilterOptions): TransformStream<Uint8Array, Uint8Array> {
  const { onNoise, onLong, bytesMax = limits.programFrameBytesMax } = options;
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let shortener: Shortener | undefined;

  type Controller = TransformStreamDefaultController<Uint8Array>;

  function take(part: Uint8Array): void {
    bytes += part.length;
    if (shortener) shortener.push(part);
    else parts.push(part);
    if (shortener || bytes <= bytesMax) return;
    shortener = createShortener();
    for (const held of parts) shortener.push(held);
    parts = [];
  }

  function endLine(controller: Controller): void {
    if (shortener) {
      const instead = onLong({ bytes, message: shortener.message() });
      if (instead) controller.enqueue(Buffer.from(`${JSON.stringify(instead)}\n`));
    } else if (bytes > 0) {
      letThrough(Buffer.concat(parts), controller);
    }
    parts = [];
    bytes = 0;
    shortener = undefined;
  }

  function letThrough(line: Buffer, controller: Controller): void {
    const start = startOf(line);
    if (start !== 0) {
      const noise = line.subarray(0, start < 0 ? limits.programNoiseBytesMax : start).toString('utf8');
      if (noise.trim() !== '') onNoise(noise.trim());
    }
    if (start < 0) return;
    controller.enqueue(line.subarray(start));
    controller.enqueue(Uint8Array.of(newline));
  }

  return new TransformStream({
    transform(chunk, controller) {
      let start = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        take(chunk.subarray(start, end));
        endLine(controller);
        start = end + 1;
      }
      if (start < chunk.length) take(chunk.subarray(start));
    },
    flush: endLine,
  });
}

/** Where the message in a line begins; -1: there is none. */
function startOf(line: Buffer): number {
  const first = line.subarray(0, limits.programNoiseBytesMax).toString('latin1').search(/\S/);
  return line[first] === 0x7b ? first : line.indexOf(opening);
}
