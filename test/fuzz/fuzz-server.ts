import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp, type RunningApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/lib/log.ts';
import '../support/state-home.ts';

/** A server on one port and one database that stops and starts again, politely or not. */
export interface FuzzServer {
  readonly url: string;
  readonly dbPath: string;
  restart(): Promise<void>;
  remove(): Promise<void>;
}

/** Settings of a server for a folder. Port 0: any free one. */
export function fuzzConfig(folder: string, port: number, maxMessages: number) {
  const flags = {
    port: '0',
    websocketPort: String(port),
    maxMessages: String(maxMessages),
    removalNoticeHours: '0',
    workers: 'none',
    owner: 'olga',
    developmentMode: 'true',
    rateLimitFactor: '1000',
    playground: true,
    dbPath: dbPathIn(folder),
    logLevel: 'fatal',
  };
  return loadConfig(flags, {}, folder);
}

/** In this process; it is closed and opened again. */
export async function startServerHere(maxMessages: number): Promise<FuzzServer> {
  const folder = mkdtempSync(join(tmpdir(), 'opencode-slack-fuzz-'));
  const start = (port: number): Promise<RunningApp> => {
    const config = fuzzConfig(folder, port, maxMessages);
    return createApp(config, createLog(config.logLevel));
  };
  let app = await start(0);
  const url = app.webSocketUrl;
  return {
    url,
    dbPath: dbPathIn(folder),
    async restart() {
      await app.close();
      app = await start(portOf(url));
    },
    async remove() {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A process of its own; a restart is a SIGKILL in the middle of whatever it does. */
export async function startServerToKill(maxMessages: number): Promise<FuzzServer> {
  const folder = mkdtempSync(join(tmpdir(), 'opencode-slack-fuzz-'));
  let { child, url } = await startChild(folder, 0, maxMessages);
  const kill = async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    url,
    dbPath: dbPathIn(folder),
    async restart() {
      await kill();
      ({ child, url } = await startChild(folder, portOf(url), maxMessages));
    },
    async remove() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startChild(
  folder: string,
  port: number,
  maxMessages: number,
): Promise<{ child: ChildProcess; url: string }> {
  const main = fileURLToPath(new URL('./fuzz-server-child.ts', import.meta.url));
  const child = fork(main, [folder, String(port), String(maxMessages)]);
  const [url] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with ${code}`);
    }),
  ])) as [string];
  return { child, url };
}

const portOf = (url: string): number => Number(new URL(url).port);
const dbPathIn = (folder: string): string => join(folder, '.opencode-slack', 'chat.db');
