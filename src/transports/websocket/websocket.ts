import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Bearing, Connection } from '../../gateway/connection.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Peer } from '../../guard/peer.ts';
import type { Log } from '../../lib/log.ts';
import { limits } from '../../protocol/index.ts';
import type { Admission } from './admission.ts';
import { SocketLink } from './socket-link.ts';

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
  readonly credentials: (request: IncomingMessage) => Bearing;
  readonly pingIntervalMs?: number;
  readonly pongTimeoutMs?: number;
}

/** A socket that was let in. */
interface Guest {
  readonly link: SocketLink;
  readonly connection: Connection;
  /** It gave a sign of life since the last ping. */
  answered: boolean;
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
  const open = new Map<WebSocket, Guest>();

  const heartbeat = setInterval(() => {
    for (const [ws, guest] of open) {
      guest.answered = false;
      ws.ping();
    }
    setTimeout(dropSilent, pongTimeoutMs).unref();
  }, pingIntervalMs);
  heartbeat.unref();

  function dropSilent(): void {
    for (const [ws, { answered }] of open) if (!answered) ws.terminate();
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = refuseOrigin(request);
    if (refusal !== undefined) {
      refuse(socket, '403 Forbidden', 'Content-Type: text/plain\r\n', `${refusal}\n`);
      return;
    }
    server.handleUpgrade(request, socket, head, (ws) => accept(ws, socket, request));
  }

  function accept(ws: WebSocket, socket: Duplex, request: IncomingMessage): void {
    ws.on('error', onError);
    const link = new SocketLink({ ws, socket, peer: peerOf(request), admission, log });
    if (!admission.enter(link)) {
      link.close('tooManyConnections');
      return;
    }
    open.set(ws, { link, connection: gateway.connect(link, credentials(request)), answered: true });
    ws.on('pong', onPong);
    ws.on('message', onMessage);
    ws.on('close', onClose);
  }

  // Listeners are there once for all sockets, so that an idle one costs little.

  /** Protocol errors (bad frames, frames over the limit): ws closes with the fitting code by itself. */
  function onError(error: Error): void {
    log.debug({ err: error }, 'a WebSocket peer broke the protocol');
  }

  function onPong(this: WebSocket): void {
    const guest = open.get(this);
    if (guest !== undefined) guest.answered = true;
  }

  function onMessage(this: WebSocket, data: RawData): void {
    const guest = open.get(this);
    if (guest === undefined) return;
    guest.answered = true;
    // What still comes after our close is not listened to.
    if (this.readyState === this.OPEN) gateway.receive(guest.connection, toText(data));
  }

  function onClose(this: WebSocket): void {
    const guest = open.get(this);
    if (guest === undefined) return;
    open.delete(this);
    admission.left(guest.link);
    gateway.closed(guest.connection);
  }

  return {
    attach(httpServer, path) {
      httpServer.on('upgrade', (request, socket, head) => {
        const requested = request.url?.split('?', 1)[0];
        if (path === undefined || requested === path) upgrade(request, socket, head);
        else refuse(socket, '404 Not Found');
      });
    },
    connections: () => open.size,
    close() {
      clearInterval(heartbeat);
      for (const ws of open.keys()) ws.terminate();
    },
  };
}

/** Of an upgrade that is refused, which no page shows. */
const refusalHeaders =
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" +
  'X-Content-Type-Options: nosniff\r\nConnection: close\r\n';

function refuse(socket: Duplex, status: string, moreHeaders = '', text = ''): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\n${refusalHeaders}${moreHeaders}\r\n${text}`);
}

/** Older clients send their JSON as binary frames too. */
function toText(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
}
