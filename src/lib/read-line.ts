import type { Readable } from 'node:stream';

/**
 * The first line of a stream, without its line break; undefined: the stream ends before it, or it is longer
 * than allowed. The stream is paused then, and what follows the line in the same chunk is put back.
 */
export function readLine(stream: Readable, bytesMax: number): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  let read: Buffer = Buffer.alloc(0);
  const take = (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    const end = read.indexOf('\n');
    if (end < 0 && read.length <= bytesMax) return;
    leave();
    if (end >= 0 && end + 1 < read.length) stream.unshift(read.subarray(end + 1));
    resolve(end >= 0 && end <= bytesMax ? read.toString('utf8', 0, end) : undefined);
  };
  const end = () => {
    leave();
    resolve(undefined);
  };
  const leave = () => stream.off('data', take).off('end', end).off('error', reject).pause();
  stream.on('data', take).once('end', end).once('error', reject);
  return promise;
}
