import { connect } from 'node:net';
import { createFrameReader, encodeClientFrame } from './frames.ts';
import type { Protocol } from './protocols.ts';

/** A connection that has signed in. */
export interface Connection {
  send(text: string): void;
  end(): void;
}

export interface ConnectOptions {
  readonly port: number;
  readonly protocol: Pick<Protocol, 'path' | 'greeting' | 'greetingFrames' | 'heartbeat'>;
  /** For the name that it signs in with. */
  readonly index: number;
  /** Called for each text frame after sign-in, with its size. */
  readonly onFrame: (size: number) => void;
  /** Called with each payload after sign-in, before `onFrame`. */
  readonly onPayload?: (payload: Buffer, size: number) => void;
  readonly onEnd: () => void;
}

/** All sockets read into the same memory: what is in it is counted before the next one is read. */
const readBuffer = Buffer.allocUnsafe(512 * 1024);
const connectTimeoutMs = 60_000;
const headEnd = '\r\n\r\n';

/** Opens a connection by hand: handshake, sign-in, then frames are only counted. */
export function openConnection(options: ConnectOptions): Promise<Connection> {
  const { port, protocol, index, onFrame, onPayload, onEnd } = options;
  return new Promise((resolve, reject) => {
    let head: string | null = '';
    let greetings = protocol.greetingFrames;
    const timer = setTimeout(() => fail('did not sign in in time'), connectTimeoutMs);

    const reader = createFrameReader({
      onPayload: onPayload && ((payload, size) => greetings < 0 && onPayload(payload, size)),
      onFrame(opcode, size) {
        if (opcode === 0x9) socket.write(encodeClientFrame('', 0xa));
        else if (opcode === 0x8) socket.end();
        else if (greetings > 0) countGreeting();
        else if (protocol.heartbeat?.size === size)
          socket.write(encodeClientFrame(protocol.heartbeat.answer));
        else onFrame(size);
      },
    });
    const socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback(size, buffer) {
          if (head === null) reader.read(buffer as Buffer, size);
          else readHead(buffer as Buffer, size);
          return true;
        },
      },
    });
    socket.once('connect', () => socket.write(handshake(protocol.path)));
    socket.on('error', (error) => fail(error.message));
    socket.once('close', () => {
      fail('was closed');
      onEnd();
    });

    function readHead(buffer: Buffer, size: number): void {
      head += buffer.toString('latin1', 0, size);
      const end = head?.indexOf(headEnd) ?? -1;
      if (head === null || end < 0) return;
      if (!head.startsWith('HTTP/1.1 101')) fail(`was refused: ${head.slice(0, 60)}`);
      const rest = Buffer.from(head.slice(end + headEnd.length), 'latin1');
      head = null;
      const greeting = protocol.greeting(index);
      if (greeting !== null) socket.write(encodeClientFrame(greeting));
      if (greetings === 0) ready();
      reader.read(rest, rest.length);
    }

    function countGreeting(): void {
      greetings -= 1;
      if (greetings === 0) ready();
    }

    function ready(): void {
      greetings = -1;
      clearTimeout(timer);
      resolve({ send: (text) => socket.write(encodeClientFrame(text)), end: () => socket.destroy() });
    }

    function fail(why: string): void {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(`Connection ${index} ${why}`));
    }
  });
}

/** Opens many connections, some at a time. */
export async function openConnections(
  count: number,
  concurrency: number,
  open: (index: number) => Promise<Connection>,
): Promise<Connection[]> {
  const connections: Connection[] = [];
  let next = 0;
  const openSome = async () => {
    for (let index = next; index < count; index = next) {
      next += 1;
      connections[index] = await open(index);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, openSome));
  return connections;
}

function handshake(path: string): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==${headEnd}`
  );
}
