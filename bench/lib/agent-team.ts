import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChatClient, connect } from '../../src/client/index.ts';
import { writeOpencodeHome } from '../../test/support/opencode-home.ts';
import { childrenOf, groupsBelow, startServerProcess } from '../../test/support/server-process.ts';

/** A server with its worker and the real opencode, as people run it, and a scripted model. */
export interface AgentTeam {
  /** The owner, signed in. */
  readonly client: ChatClient;
  /** From the server's start until its worker said that it is ready. */
  readonly readyMs: number;
  readonly pids: Readonly<Record<'server' | 'worker', number>>;
  /** Once its first session has begun. */
  opencodePid(): number;
  close(): Promise<void>;
}

const modelProgram = fileURLToPath(new URL('../load/model.ts', import.meta.url));

export async function startAgentTeam(agents: readonly string[], thinkMs: number): Promise<AgentTeam> {
  const ends: (() => unknown)[] = [];
  const close = async () => {
    for (const end of ends.toReversed()) await end();
  };
  const folder = mkdtempSync(join(tmpdir(), 'opencode-slack-bench-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  try {
    const project = join(folder, '.opencode-slack', 'playground');
    const model = spawn(process.execPath, [modelProgram, project, String(thinkMs), ...agents], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    ends.push(() => model.kill());
    const [line] = (await once(model.stdout, 'data')) as [Buffer];
    const { baseUrl } = JSON.parse(String(line)) as { baseUrl: string };
    const env = await writeOpencodeHome(join(folder, 'home'), baseUrl);
    const startedAt = performance.now();
    const server = await startServerProcess(
      { after: (end) => void ends.push(end as () => unknown) },
      {
        folder,
        args: ['--agent', 'opencode', '--owner', 'olga', '--approve', 'execute=auto'],
        env: { ...env, OPENCODE_RATE_LIMIT_FACTOR: '1000' } as Record<string, string>,
      },
    );
    const { ws_url: url, token } = server.runtime;
    const client = connect({ url, auth: { method: 'session', token } });
    ends.push(() => client.close());
    await new Promise<void>((resolve) => {
      client.on('server_status', ({ worker }) => worker !== null && resolve());
    });
    const readyMs = performance.now() - startedAt;
    const [worker = 0] = childrenOf(server.pid);
    const opencodePid = () => groupsBelow(worker)[0] ?? 0;
    return { client, readyMs, pids: { server: server.pid, worker }, opencodePid, close };
  } catch (error) {
    await close();
    throw error;
  }
}
