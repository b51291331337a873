import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onServerCores } from './cores.ts';
import { type Peer, runtimeOf } from './peers.ts';

/** A server under test, in a process of its own. */
export interface ServerUnderTest {
  readonly pid: number;
  readonly port: number;
  /** Asks it about itself, after a garbage collection. */
  report(): Promise<ServerReport>;
  stop(): Promise<void>;
}

/** What a server says of itself when it is asked. */
export interface ServerReport {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Commits of the store since the last report, and the writes in them. */
  readonly commits?: number;
  readonly writes?: number;
  /** How late the event loop was since the last report; nothing in the first one. */
  readonly loopDelayP99Ms?: number;
  readonly loopDelayMaxMs?: number;
}

const startTimeoutMs = 20_000;
const stopTimeoutMs = 20_000;

/** Starts a peer on a free port. It ends when `stop` is called, and when this process ends. */
export async function startServer(
  peer: Peer,
  nodeArgs: readonly string[] = [],
  peerArgs: readonly string[] = [],
): Promise<ServerUnderTest> {
  const runtimeArgs = peer.runtime === 'node' ? ['--expose-gc', ...nodeArgs] : [];
  const [program, ...args] = onServerCores([runtimeOf(peer), ...runtimeArgs, peer.module, ...peerArgs]);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function nextLine(timeoutMs: number): Promise<string> {
    const late = AbortSignal.timeout(timeoutMs);
    const gone = once(late, 'abort').then(() => {
      throw new Error(`${peer.name} said nothing for ${timeoutMs} ms`);
    });
    const { value, done } = await Promise.race([lines.next(), gone]);
    if (done === true) throw new Error(`${peer.name} ended before it answered`);
    return value;
  }

  const { port } = JSON.parse(await nextLine(startTimeoutMs)) as { port: number };
  return {
    // `taskset` becomes the program that it starts.
    pid: child.pid ?? 0,
    port,
    async report() {
      child.stdin.write('report\n');
      return JSON.parse(await nextLine(startTimeoutMs)) as ServerReport;
    },
    async stop() {
      const ended = once(child, 'exit');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      child.stdin.end();
      await ended;
      clearTimeout(timer);
    },
  };
}
