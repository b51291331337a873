import { limits } from '../../protocol/index.ts';

/** Reads a JSON text that is too long to be held, and keeps it with its long strings cut. */
export interface Shortener {
  push(bytes: Uint8Array): void;
  /** The value with its long strings cut; null when it is no JSON, or is long without them. */
  message(): unknown;
}

const quote = 0x22;
const backslash = 0x5c;
const unicode = 0x75;

export function createShortener(
  keptBytesMax: number = limits.programFrameKeptBytesMax,
  textBytesMax: number = limits.programFrameTextBytesMax,
): Shortener {
  const kept = Buffer.allocUnsafe(keptBytesMax);
  let length = 0;
  let isString = false;
  let textBytes = 0;
  /** Bytes of an escape that are still to come: it is kept whole or not at all. */
  let escapeBytes = 0;
  let isKeptEscape = false;
  let isHex = false;

  function keep(byte: number): void {
    if (length < keptBytesMax) kept[length] = byte;
    length += 1;
  }

  function inEscape(byte: number): void {
    escapeBytes -= 1;
    if (escapeBytes === 0 && byte === unicode && !isHex) {
      escapeBytes = 4;
      isHex = true;
    }
    if (isKeptEscape) keep(byte);
  }
  function inString(byte: number): void {
    textBytes += 1;
    if (byte === quote) {
      isString = false;
      keep(byte);
      return;
    }
    const isKept = textBytes <= textBytesMax;
    if (byte === backslash) {
      escapeBytes = 1;
      isHex = false;
      isKeptEscape = isKept;
    }
    if (isKept) keep(byte);
  }

  return {
    push(bytes) {
      for (const byte of bytes) {
        if (escapeBytes > 0) inEscape(byte);
        else if (isString) inString(byte);
        else {
          isString = byte === quote;
          textBytes = 0;
          keep(byte);
        }
      }
    },
    message() {
      if (length > keptBytesMax) return null;
      try {
        return JSON.parse(kept.toString('utf8', 0, length));
      } catch (error) {
        if (error instanceof SyntaxError) return null;
        throw error;
      }
    },
  };
}
