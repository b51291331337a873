import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';

export type Frame = Record<string, unknown> & { type: string; data: Record<string, unknown> };

/** A client that knows nothing but JSON frames, as the older program's clients do. */
export interface RawClient {
  readonly frames: Frame[];
  send(frame: object): void;
  /** Sends what a frame should not be. */
  sendRaw(data: string | Buffer, binary?: boolean): void;
  /**
   * The first frame, from the past or the future, that fits; each call goes on after the one found before.
   */
  next(fits: (frame: Frame) => boolean): Promise<Frame>;
  nextOf(type: string): Promise<Frame>;
  /** The first frame of all that fits, whatever was read before. */
  ever(fits: (frame: Frame) => boolean): Promise<Frame>;
  /** Code and reason of the close. */
  closed(): Promise<{ code: number; reason: string }>;
  close(): void;
}

/** Connects, without signing in. The connection ends with the test. */
export async function rawClient(
  t: TestContext,
  url: string,
  headers: Record<string, string> = {},
): Promise<RawClient> {
  const ws = new WebSocket(url, { headers });
  const frames: Frame[] = [];
  const waiting = new Set<PromiseWithResolvers<void>>();
  const close = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  let read = 0;
  ws.on('message', (data) => {
    frames.push({ data: {}, ...JSON.parse(String(data)) });
    for (const { resolve } of waiting) resolve();
    waiting.clear();
  });
  ws.once('close', () => {
    for (const { reject } of waiting) reject(goneWhileWaiting());
    waiting.clear();
  });
  const goneWhileWaiting = () =>
    new Error(`closed while waiting; frames: ${JSON.stringify(frames.slice(read))}`);
  ws.on('error', () => ws.terminate());
  t.after(() => ws.terminate());
  await once(ws, 'open');

  async function find(from: number, fits: (frame: Frame) => boolean): Promise<number> {
    for (;;) {
      const index = frames.findIndex((frame, at) => at >= from && fits(frame));
      if (index >= 0) return index;
      if (ws.readyState === ws.CLOSED) throw goneWhileWaiting();
      const news = Promise.withResolvers<void>();
      waiting.add(news);
      await news.promise;
    }
  }

  async function next(fits: (frame: Frame) => boolean): Promise<Frame> {
    const index = await find(read, fits);
    read = index + 1;
    return frames[index] as Frame;
  }

  return {
    frames,
    send: (frame) => ws.send(JSON.stringify(frame)),
    sendRaw: (data, binary = false) => ws.send(data, { binary }),
    next,
    nextOf: (type) => next((frame) => frame.type === type),
    ever: async (fits) => frames[await find(0, fits)] as Frame,
    closed: () => close,
    close: () => ws.close(),
  };
}

/** Connects and signs in as an older client does, which needs development mode. */
export async function developer(
  t: TestContext,
  url: string,
  name: string,
  role = 'user',
): Promise<RawClient> {
  const client = await rawClient(t, url);
  client.send({ type: 'auth', user_id: name, role });
  await client.nextOf('auth_success');
  return client;
}
