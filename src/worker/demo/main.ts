import { Readable, Writable } from 'node:stream';
import { ndJsonStream } from '@agentclientprotocol/sdk';
import { createDemoAgent } from './agent.ts';

/**
 * The demo agent as a program on standard input and output. DEMO_STEP_PAUSE_MS: between its steps, for
 * watching. DEMO_LOGIN: the command that sets a real agent up.
 */

const defaultPauseMs = 300;
const pauseMs = Number(process.env.DEMO_STEP_PAUSE_MS ?? defaultPauseMs);

const demo = createDemoAgent({
  stepPauseMs: Number.isFinite(pauseMs) ? pauseMs : defaultPauseMs,
  login: process.env.DEMO_LOGIN ?? 'opencode-slack login',
});
const connection = demo.app.connect(
  ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)),
);
process.once('SIGTERM', () => connection.close());
await connection.closed;
demo.stop();
process.exit(0);
