import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { ProtocolName } from '../load/protocols.ts';

/** A server under test: its program, and the language that the load client speaks to it. */
export interface Peer {
  readonly name: string;
  readonly module: string;
  readonly protocol: ProtocolName;
  readonly runtime: 'node' | 'bun';
}

const module = (file: string) => fileURLToPath(new URL(`../peers/${file}`, import.meta.url));

export const peers: readonly Peer[] = [
  { name: 'ours', module: module('ours.ts'), protocol: 'ours', runtime: 'node' },
  { name: 'socket.io', module: module('socket-io.ts'), protocol: 'socket.io', runtime: 'node' },
  { name: 'ws', module: module('ws.ts'), protocol: 'plain', runtime: 'node' },
  { name: 'ws-once', module: module('ws-once.ts'), protocol: 'plain', runtime: 'node' },
  { name: 'bun', module: module('bun.ts'), protocol: 'plain', runtime: 'bun' },
];

const peersFolder = fileURLToPath(new URL('../peers', import.meta.url));

/** Installs the packages of the peers, which nothing but benchmarks needs. Throws when that fails. */
function installPeers(): void {
  if (existsSync(`${peersFolder}/node_modules`)) return;
  console.error('Installing the servers to compare with …');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--prefix', peersFolder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`npm ci in ${peersFolder} failed.`);
}

/**
 * Peers by their names, ready to be run. Bun is left out, with a word about it, where its program is not
 * installed.
 */
export function choosePeers(names: readonly string[]): Peer[] {
  const unknown = names.find((name) => !peers.some((peer) => peer.name === name));
  if (unknown !== undefined) {
    throw new Error(`No peer is called "${unknown}": ${peers.map(({ name }) => name).join(', ')}.`);
  }
  if (names.some((name) => name === 'bun' || name === 'socket.io')) installPeers();
  return peers.filter((peer) => {
    if (!names.includes(peer.name)) return false;
    if (peer.runtime === 'node' || bunProgram() !== undefined) return true;
    console.error('Bun is not installed for this platform: that peer is left out.');
    return false;
  });
}

/** The program that runs a peer. */
export function runtimeOf(peer: Peer): string {
  return peer.runtime === 'node' ? process.execPath : (bunProgram() ?? 'bun');
}

/**
 * Bun's program, from the package of this platform: so the install script of the package `bun` is not needed.
 * Where that one ran, it has moved the program into its own package.
 */
function bunProgram(): string | undefined {
  const musl = platform === 'linux' && !('glibcVersionRuntime' in reportHeader()) ? '-musl' : '';
  const cpu = arch === 'arm64' ? 'aarch64' : arch;
  const { resolve } = createRequire(`${peersFolder}/package.json`);
  for (const place of [`@oven/bun-${platform}-${cpu}${musl}/bin/bun`, 'bun/bin/bun.exe']) {
    try {
      const program = resolve(place);
      // What stands in the package `bun` before its script ran only says that it did not run.
      if (statSync(program).size > smallestProgramBytes) return program;
    } catch {
      // Not here, or nothing is published for this platform.
    }
  }
  return undefined;
}

const smallestProgramBytes = 1_000_000;

function reportHeader(): object {
  const report = process.report.getReport() as unknown as { header: object };
  return report.header;
}
