import { createInterface } from 'node:readline';
import type { ServerReport } from '../lib/server.ts';

/** Tells the benchmark that the server listens, answers its questions, and ends when it does. */
export function serve(
  port: number,
  more: () => Partial<ServerReport> = () => ({}),
  close?: () => Promise<void>,
): void {
  const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
  const questions = createInterface({ input: process.stdin });
  questions.on('line', () => {
    globalThis.gc?.();
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    say({ residentBytes: rss, heapBytes: heapUsed, ...more() } satisfies ServerReport);
  });
  questions.on('close', () => {
    const end = () => process.exit(0);
    if (close === undefined) end();
    else close().then(end, end);
  });
  say({ port });
}

/** The port that an HTTP server got. */
export function portOf(server: { address(): string | { port: number } | null }): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The server does not listen on a port.');
  return address.port;
}
