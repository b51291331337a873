/** Takes the bytes of one connection and finds its frames. */
export interface FrameReader {
  read(chunk: Buffer, size: number): void;
}

export interface FrameListener {
  /** A frame has come whole: its operation code and the size of its payload. */
  onFrame(opcode: number, size: number): void;
  /** Its payload, before `onFrame`. Without this, payloads are skipped, not looked at. */
  readonly onPayload?: ((payload: Buffer, size: number) => void) | undefined;
}

/** Reads unmasked frames, as servers send them (RFC 6455, 5.2). Continued frames count as frames. */
export function createFrameReader({ onFrame, onPayload }: FrameListener): FrameReader {
  const header = Buffer.alloc(10);
  let headerSize = 0;
  let payloadSize = 0;
  /** Bytes of the payload that are still to come; below 0: the header is not complete. */
  let missing = -1;
  let parts: Buffer[] = [];

  function completeHeader(): boolean {
    if (headerSize < 2) return false;
    const short = (header[1] ?? 0) & 0x7f;
    if (short < 126) payloadSize = short;
    else if (short === 126) {
      if (headerSize < 4) return false;
      payloadSize = header.readUInt16BE(2);
    } else {
      if (headerSize < 10) return false;
      payloadSize = Number(header.readBigUInt64BE(2));
    }
    return true;
  }

  return {
    read(chunk, size) {
      let at = 0;
      while (at < size || missing === 0) {
        if (missing < 0) {
          header[headerSize] = chunk[at] ?? 0;
          headerSize += 1;
          at += 1;
          if (completeHeader()) missing = payloadSize;
          continue;
        }
        const taken = Math.min(missing, size - at);
        if (onPayload !== undefined) {
          const part = chunk.subarray(at, at + taken);
          if (taken === missing && parts.length === 0) onPayload(part, payloadSize);
          else parts.push(Buffer.from(part));
          if (taken === missing && parts.length > 0) {
            onPayload(Buffer.concat(parts), payloadSize);
            parts = [];
          }
        }
        at += taken;
        missing -= taken;
        if (missing > 0) continue;
        missing = -1;
        headerSize = 0;
        onFrame((header[0] ?? 0) & 0x0f, payloadSize);
      }
    },
  };
}

/** A client's frame. It must be masked; a mask of zeros leaves the payload as it is. */
export function encodeClientFrame(text: string, opcode = 0x1): Buffer {
  const payload = Buffer.from(text);
  const wide = payload.length >= 126;
  const header = Buffer.alloc(wide ? 8 : 6);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (wide ? 126 : payload.length);
  if (wide) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}
