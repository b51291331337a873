import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Log } from '../lib/log.ts';
import { limits } from '../protocol/index.ts';

/**
 * The way of agent programs to the team's tools. A program gets a ticket for one task, never the credential
 * that the chat takes: the relay adds that on the way, while the task is under way.
 */
export interface ToolRelay {
  /** Opens the tools to whoever has the ticket, by the chat's address and credential, until it ends. */
  admit(access: ToolAccess): Ticket;
  /** Ends all tickets, and calls that are under way. */
  close(): Promise<void>;
}

export interface ToolAccess {
  /** The address of an MCP server (Streamable HTTP). */
  readonly url: string;
  /** For its Authorization header. */
  readonly token: string;
}

export interface Ticket extends ToolAccess {
  /** The relay refuses it from now on, and breaks off its calls that are under way. */
  end(): void;
}

export interface ToolRelayOptions {
  readonly log: Log;
  /** A Unix socket to listen on, and the address by which programs reach it. Without it: loopback. */
  readonly socket?: { readonly path: string; readonly url: string };
}

interface Admitted {
  readonly access: ToolAccess;
  readonly over: AbortController;
  calls: number;
}

/** Starts it. Rejects when it cannot listen. */
export async function openToolRelay({ log, socket }: ToolRelayOptions): Promise<ToolRelay> {
  /** By the hash of their secret, so that a look-up tells nothing of it by its time. */
  const tickets = new Map<string, Admitted>();
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      log.debug({ err: error }, 'a call of a team tool was broken off');
      response.destroy();
    });
  });
  if (socket) server.listen(socket.path);
  else server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const url = socket?.url ?? `http://127.0.0.1:${port}${relayPath}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const admitted = tickets.get(hashOf(bearerOf(request)));
    if (admitted === undefined) return refuse(response, 403, noTicketText);
    // The chat keeps no streams for programs, so there is nothing to get or to delete.
    if (request.method !== 'POST') return refuse(response, 405, 'Only POST is answered here.');
    if (admitted.calls >= limits.relayCallsAtOnceMax) {
      return refuse(
        response,
        429,
        `At most ${limits.relayCallsAtOnceMax} calls at once. Wait for an answer.`,
      );
    }
    admitted.calls += 1;
    try {
      const body = await readBody(request);
      if (body === null) return refuse(response, 413, `A call has at most ${limits.bodyBytesMax} bytes.`);
      await pass(admitted, request, body, response);
    } finally {
      admitted.calls -= 1;
    }
  }

  async function pass(
    { access, over }: Admitted,
    request: IncomingMessage,
    body: Buffer<ArrayBuffer>,
    response: ServerResponse,
  ): Promise<void> {
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(limits.relayCallMs)]);
    const headers = passedHeaders(Object.entries(request.headers));
    headers.set('authorization', `Bearer ${access.token}`);
    let answer: Response;
    try {
      answer = await fetch(access.url, { method: 'POST', headers, body, signal, redirect: 'error' });
    } catch (error) {
      if (over.signal.aborted) return refuse(response, 403, noTicketText);
      log.warn({ err: error }, 'the chat did not answer a call of a team tool');
      return refuse(response, 502, 'The chat did not answer. Try again in a moment.');
    }
    response.writeHead(answer.status, Object.fromEntries(passedHeaders(answer.headers)));
    if (answer.body === null) response.end();
    else await pipeline(Readable.fromWeb(answer.body as ReadableStream), response, { signal });
  }

  return {
    admit(access) {
      const token = randomBytes(32).toString('base64url');
      const over = new AbortController();
      tickets.set(hashOf(token), { access, over, calls: 0 });
      return {
        url,
        token,
        end() {
          tickets.delete(hashOf(token));
          over.abort();
        },
      };
    },
    async close() {
      for (const { over } of tickets.values()) over.abort();
      tickets.clear();
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

const relayPath = '/mcp';
const noTicketText =
  'This credential is for a task that is not under way, so it opens no tools of the team. Each task has ' +
  'its own.';

/** Null: it is longer than it may be. */
async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > limits.bodyBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The protocol's own headers. All else is between the relay and its peer. */
function passedHeaders(headers: Iterable<[string, string | string[] | undefined]>): Headers {
  const passed = new Headers();
  for (const [name, value] of headers) {
    const isPassed = name === 'accept' || name === 'content-type' || name.startsWith('mcp-');
    if (isPassed && typeof value === 'string') passed.set(name, value);
  }
  return passed;
}

function bearerOf({ headers }: IncomingMessage): string {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

function refuse(response: ServerResponse, status: number, error: string): void {
  // What is left of the request is not read.
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ error }));
}
