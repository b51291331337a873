import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/**
 * An agent program as small as it can be, for tests of its sandbox. It runs what it is told on standard
 * input, one JSON object a line: in a sandbox for commands, or as a process of its own.
 */
export interface Order {
  readonly id: number;
  /** Null: beside the program itself. */
  readonly session: string | null;
  readonly command: string;
  readonly cwd: string;
}

export interface Outcome {
  readonly id: number;
  readonly code: number | null;
  readonly output: string;
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = JSON.parse(line) as Order;
    void run(order)
      .catch((error: unknown) => ({ code: null, output: String(error) }))
      .then((outcome) => process.stdout.write(`${JSON.stringify({ id: order.id, ...outcome })}\n`));
  })
  .on('close', () => process.exit(0));

async function run({ session, command, cwd }: Order): Promise<Omit<Outcome, 'id'>> {
  const slot = session === null ? undefined : await slotFor(session);
  const shell = session === null ? '/bin/sh' : '/run/agent/bash';
  const env = { ...process.env, AGENT_COMMAND_SLOT: slot };
  const child = spawn(shell, ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, output: out + err };
}

async function slotFor(session: string): Promise<string> {
  const socketPath = '/run/agent/sockets/worker.sock';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request({ socketPath, path: '/slots', method: 'POST' }, (response) => {
    text(response).then((body) => {
      if (response.statusCode === 200) resolve((JSON.parse(body) as { slot: string }).slot);
      else reject(new Error(body));
    }, reject);
  })
    .on('error', reject)
    .end(JSON.stringify({ session }));
  return promise;
}
