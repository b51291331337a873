import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { encodeFrame, type RawFrame, readFrame } from '../../src/protocol/index.ts';

/** A frame's data, or the whole frame when it has a type. */
type Json = Readonly<Record<string, unknown>>;

/**
 * Answers one type of command; what it gives back is sent, with the request's id added. Nothing: no answer.
 */
export type Answer = (
  frame: RawFrame,
  socket: FakeSocket,
) => undefined | ({ readonly type: string } & Json) | Promise<undefined | ({ readonly type: string } & Json)>;

export interface FakeSocket {
  send(frame: { readonly type: string } & Json): void;
  sendText(text: string): void;
  /** A polite close with a code. */
  close(code: number, reason?: string): void;
  /** The link is gone without a word. */
  drop(): void;
}

/** A chat server that says only what a test tells it to, on real sockets of the loopback. */
export interface FakeServer {
  readonly url: string;
  readonly httpUrl: string;
  /** All frames received, over all connections. */
  readonly frames: readonly RawFrame[];
  /** Connections that are open now. */
  readonly sockets: ReadonlySet<FakeSocket>;
  readonly connections: number;
  /** Requests to the HTTP side: method, path, token and body. */
  readonly httpRequests: readonly FakeHttpRequest[];
  answer(type: string, answer: Answer): void;
  answerHttp(answer: (request: FakeHttpRequest) => { readonly status: number; readonly body: unknown }): void;
  /** What the next one who resumes is told before `resumed`. Without it nothing can be recovered. */
  replay(...events: readonly ({ readonly type: string; readonly position: number } & Json)[]): void;
  broadcast(frame: { readonly type: string } & Json): void;
  /** The nth frame of a type that was or will be received, counted from 1. */
  frame(type: string, nth?: number): Promise<RawFrame>;
  stop(): Promise<void>;
}

export interface FakeHttpRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

export const fakeSelf = {
  user_id: 'ann',
  role: 'admin',
  server_time: '2026-11-22T20:00:00.000Z',
  epoch: 'epoch-1',
  position: 0,
  server_version: '0.1.0',
  development_mode: false,
};

/** Listens on a free port. Signs everybody in as `fakeSelf` and answers ping, until told otherwise. */
export async function startFakeServer(): Promise<FakeServer> {
  const frames: RawFrame[] = [];
  const httpRequests: FakeHttpRequest[] = [];
  const sockets = new Set<FakeSocket>();
  const answers = new Map<string, Answer>();
  const waiting = new Set<{ type: string; nth: number; resolve: (frame: RawFrame) => void }>();
  const missed: (Json & { readonly type: string })[] = [];
  let recovered = false;
  let lastPosition = 0;
  let connections = 0;
  let httpAnswer: (request: FakeHttpRequest) => { readonly status: number; readonly body: unknown } = () => ({
    status: 404,
    body: { error: 'There is nothing there.' },
  });

  answers.set('auth', () => ({ type: 'auth_success', ...fakeSelf }));
  answers.set('ping', () => ({ type: 'pong' }));

  const http = createServer((request, response) => void answerHttpRequest(request, response));
  const server = new WebSocketServer({ server: http });
  server.on('connection', accept);

  async function answerHttpRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const seen: FakeHttpRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: text === '' ? undefined : JSON.parse(text),
    };
    httpRequests.push(seen);
    const { status, body } = httpAnswer(seen);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  function accept(webSocket: WebSocket): void {
    connections += 1;
    const socket: FakeSocket = {
      send: (frame) => webSocket.send(encodeFrame(frame)),
      sendText: (text) => webSocket.send(text),
      close: (code, reason) => webSocket.close(code, reason),
      drop: () => webSocket.terminate(),
    };
    sockets.add(socket);
    webSocket.on('close', () => sockets.delete(socket));
    webSocket.on('message', (bytes) => void receive(readFrame(String(bytes)), socket));
  }

  async function receive(frame: RawFrame, socket: FakeSocket): Promise<void> {
    frames.push(frame);
    for (const waiter of [...waiting]) {
      const found = findFrame(waiter.type, waiter.nth);
      if (found === undefined) continue;
      waiting.delete(waiter);
      waiter.resolve(found);
    }
    const answer = await answers.get(frame.type)?.(frame, socket);
    if (answer !== undefined) socket.send({ ...answer, request_id: frame.requestId });
    if (answer?.type !== 'auth_success' || frame.fields.resume === undefined) return;
    for (const event of missed.splice(0)) socket.send(event);
    socket.send({ type: 'resumed', data: { recovered, position: lastPosition } });
  }

  function findFrame(type: string, nth: number): RawFrame | undefined {
    return frames.filter((frame) => frame.type === type)[nth - 1];
  }

  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;

  return {
    url: `ws://127.0.0.1:${port}`,
    httpUrl: `http://127.0.0.1:${port}`,
    frames,
    sockets,
    httpRequests,
    get connections() {
      return connections;
    },
    answer: (type, answer) => void answers.set(type, answer),
    answerHttp(answer) {
      httpAnswer = answer;
    },
    replay(...events) {
      recovered = true;
      missed.push(...events);
      lastPosition = events.at(-1)?.position ?? lastPosition;
    },
    broadcast(frame) {
      for (const socket of sockets) socket.send(frame);
    },
    frame: (type, nth = 1) =>
      new Promise((resolve) => {
        const found = findFrame(type, nth);
        if (found === undefined) waiting.add({ type, nth, resolve });
        else resolve(found);
      }),
    async stop() {
      for (const socket of sockets) socket.drop();
      server.close();
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
}
