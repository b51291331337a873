/**
 * Text frames as a server writes them: final, unmasked, uncompressed (RFC 6455, 5.2). Made once and written
 * to many sockets, which a WebSocket library's own `send` cannot do.
 */
export function encodeTextFrames(texts: readonly string[]): Buffer {
  const sizes = texts.map((text) => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + size + headerBytes(size), 0));
  let offset = 0;
  texts.forEach((text, index) => {
    offset = writeHeader(bytes, offset, sizes[index] ?? 0);
    offset += bytes.write(text, offset);
  });
  return bytes;
}

const finalText = 0x81;

function headerBytes(size: number): number {
  if (size < 126) return 2;
  return size < 65_536 ? 4 : 10;
}

function writeHeader(bytes: Buffer, offset: number, size: number): number {
  bytes[offset] = finalText;
  if (size < 126) {
    bytes[offset + 1] = size;
    return offset + 2;
  }
  if (size < 65_536) {
    bytes[offset + 1] = 126;
    return bytes.writeUInt16BE(size, offset + 2);
  }
  bytes[offset + 1] = 127;
  return bytes.writeBigUInt64BE(BigInt(size), offset + 2);
}
