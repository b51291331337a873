import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Link } from '../../gateway/connection.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Peer } from '../../guard/peer.ts';
import type { Log } from '../../lib/log.ts';
import { type CloseReason, closeCodes, limits } from '../../protocol/index.ts';
import type { Admission } from './admission.ts';

/** Takes WebSocket connections from HTTP servers and hands them to the gateway. */
export interface WebSocketTransport {
  /** Answers upgrade requests of a server; `path` undefined takes any path, as the older program did. */
  attach(server: Server, path?: string): void;
  connections(): number;
  close(): void;
}

export interface WebSocketTransportDependencies {
  readonly gateway: Gateway;
  readonly log: Log;
  readonly admission: Admission;
  /** Where a request comes from. */
  readonly peerOf: (request: IncomingMessage) => Peer;
  /** Whether a browser page may connect; says why not, and notes it. */
  readonly refuseOrigin: (request: IncomingMessage) => string | undefined;
  /** What lets somebody in, as the upgrade request brings it. */
  readonly credentials: (request: IncomingMessage) => Pick<Link, 'cookieToken' | 'bearer'>;
  readonly pingIntervalMs?: number;
  readonly pongTimeoutMs?: number;
}

export function createWebSocketTransport(dependencies: WebSocketTransportDependencies): WebSocketTransport {
  const { gateway, log, admission, peerOf, refuseOrigin, credentials } = dependencies;
  const { pingIntervalMs = limits.pingIntervalMs, pongTimeoutMs = limits.pongTimeoutMs } = dependencies;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytesMax,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const open = new Map<WebSocket, { answered: boolean }>();

  const heartbeat = setInterval(() => {
    for (const [ws, life] of open) {
      life.answered = false;
      ws.ping();
    }
    setTimeout(dropSilent, pongTimeoutMs).unref();
  }, pingIntervalMs);
  heartbeat.unref();

  function dropSilent(): void {
    for (const [ws, life] of open) if (!life.answered) ws.terminate();
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = refuseOrigin(request);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 403 Forbidden\r\n${refusalHeaders}Content-Type: text/plain\r\n\r\n${refusal}\n`);
      return;
    }
    server.handleUpgrade(request, socket, head, (ws) => accept(ws, socket, request));
  }

  function accept(ws: WebSocket, socket: Duplex, request: IncomingMessage): void {
    // Protocol errors (bad frames, frames over the limit): ws closes with the fitting code by itself.
    ws.on('error', (error) => log.debug({ err: error }, 'a WebSocket peer broke the protocol'));
    const close = (reason: CloseReason) => {
      if (ws.readyState !== ws.OPEN) return;
      ws.close(closeCodes[reason].code, closeCodes[reason].reason);
      // A peer that does not answer the close, or reads nothing, must not stay.
      setTimeout(() => ws.terminate(), closeGraceMs).unref();
    };
    const peer = peerOf(request);
    const admitted = admission.enter(peer, () => ws.terminate());
    if (admitted === undefined) {
      close('tooManyConnections');
      return;
    }
    const life = { answered: true };
    open.set(ws, life);
    const connection = gateway.connect({
      peer,
      address: peer.address,
      device: peer.device,
      loopback: peer.local,
      ...credentials(request),
      write(bytes) {
        if (ws.readyState !== ws.OPEN) return;
        if (socket.writableLength > limits.socketQueueBytesMax) {
          log.info({ queued: socket.writableLength }, 'closing a connection that reads too slowly');
          // If it wakes up in time it reads on to the close frame; else it notices that the link is gone.
          close('tooSlow');
          return;
        }
        socket.write(bytes);
      },
      drained: () => drained(socket),
      close,
      signedIn: admitted.signedIn,
      pause: () => ws.pause(),
      resume: () => ws.resume(),
    });
    ws.on('pong', () => {
      life.answered = true;
    });
    ws.on('message', (data) => {
      life.answered = true;
      // What still comes after our close is not listened to.
      if (ws.readyState === ws.OPEN) connection.receive(toText(data));
    });
    ws.on('close', () => {
      open.delete(ws);
      admitted.left();
      connection.closed();
    });
  }

  return {
    attach(httpServer, path) {
      httpServer.on('upgrade', (request, socket, head) => {
        socket.on('error', () => socket.destroy());
        const requested = request.url?.split('?', 1)[0];
        if (path === undefined || requested === path) upgrade(request, socket, head);
        else socket.end(`HTTP/1.1 404 Not Found\r\n${refusalHeaders}\r\n`);
      });
    },
    connections: () => open.size,
    close() {
      clearInterval(heartbeat);
      for (const ws of open.keys()) ws.terminate();
    },
  };
}

const closeGraceMs = 2_000;

/** Of an upgrade that is refused, which no page shows. */
const refusalHeaders =
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" +
  'X-Content-Type-Options: nosniff\r\nConnection: close\r\n';

async function drained(socket: Duplex): Promise<void> {
  if (!socket.writableNeedDrain || socket.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

/** Older clients send their JSON as binary frames too. */
function toText(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
}
