import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import { onClientCore } from './lib/cores.ts';
import { readOptions } from './lib/options.ts';
import { startServer } from './lib/server.ts';
import { interleave, printTable } from './lib/table.ts';
import type { ResumeJob, ResumeResult } from './load/resume-client.ts';

/**
 * After a restart, `--clients` come back at once, each having missed `--missed` events, all of them on disk
 * only. What each gets is counted from its handshake to the frame that says it has everything. `--earlier`
 * others do the same before, uncounted.
 */
const options = readOptions({ clients: 1, missed: 10_000, bytes: 300, earlier: 0 }, ['ours']);
const [clients, missed, textBytes] = [
  options.number('clients'),
  options.number('missed'),
  options.number('bytes'),
];
const earlier = options.number('earlier');
const client = fileURLToPath(new URL('./load/resume-client.ts', import.meta.url));
const messagesAtOnce = 500;

async function fill(folder: string): Promise<{ epoch: string; position: number }> {
  const store = await openSqliteStore({ path: join(folder, 'chat.db'), onCommit: () => undefined });
  const at = new Date().toISOString();
  await store.upsertPerson({ name: 'person-0', role: 'developer', at });
  const position = await store.head();
  const text = 'lorem ipsum '.repeat(Math.ceil(textBytes / 12)).slice(0, textBytes);
  for (let said = 0; said < missed; said += messagesAtOnce) {
    const count = Math.min(messagesAtOnce, missed - said);
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        store.appendMessage({
          conversation_id: 'main',
          sender_name: 'person-0',
          sender_kind: 'person',
          text,
          mentions: [],
          reply_to: null,
          client_message_id: `missed-${said + index}`,
          metadata: {},
          at,
        }),
      ),
    );
  }
  await store.close();
  return { epoch: store.epoch, position };
}

const [peer] = options.peers;
if (peer?.name !== 'ours') throw new Error('Only ours keeps messages: there is nobody to compare with here.');
const rows = await interleave([peer], options.runs, async (): Promise<ResumeResult> => {
  const folder = mkdtempSync(join(tmpdir(), 'opencode-slack-bench-'));
  const { epoch, position } = await fill(folder);
  const server = await startServer(peer, options.nodeArgs, [folder]);
  try {
    const { port, pid } = server;
    const job: ResumeJob = { port, pid, clients, earlier, epoch, position, textBytes };
    const [program, ...args] = onClientCore([process.execPath, client, JSON.stringify(job)]);
    return JSON.parse(
      execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
printTable(
  `${clients} clients, ${missed} events missed by each, ${textBytes} bytes, ${options.runs} runs`,
  [
    { heading: 'events/s', value: (run) => run.events / run.seconds, digits: 0 },
    { heading: 'seconds', value: (run) => run.seconds, digits: 2 },
    {
      heading: 'CPU s per million events',
      value: (run) => (run.serverCpuSeconds / run.events) * 1e6,
      digits: 1,
    },
    { heading: 'dropped', value: (run) => run.dropped, digits: 0 },
    { heading: "stranger's p99 ms", value: (run) => run.strangerP99Ms, digits: 0 },
    { heading: "stranger's latest ms", value: (run) => run.strangerMaxMs, digits: 0 },
  ],
  rows,
);
