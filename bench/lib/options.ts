import { parseArgs } from 'node:util';
import { choosePeers, type Peer, peers } from './peers.ts';

/** What every benchmark takes. */
export interface Options {
  readonly peers: readonly Peer[];
  readonly runs: number;
  readonly seconds: number;
  /** For Node of the server under test, such as `--cpu-prof`. */
  readonly nodeArgs: readonly string[];
  /** A whole number of this benchmark's own. */
  number(name: string): number;
}

/** Reads the command line: `--peer ours,bun --runs 3 --seconds 5`, and numbers of the benchmark's own. */
export function readOptions(
  numbers: Readonly<Record<string, number>>,
  peerNames: readonly string[] = peers.map(({ name }) => name),
): Options {
  const own = Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [
      name,
      { type: 'string', default: String(value) } as const,
    ]),
  );
  const { values } = parseArgs({
    options: {
      peer: { type: 'string', default: peerNames.join(',') },
      runs: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      'node-args': { type: 'string', default: '' },
      ...own,
    },
  });
  const all: Readonly<Record<string, string | boolean | undefined>> = values;
  const number = (name: string) => {
    const value = Number(all[name]);
    if (Number.isFinite(value)) return value;
    throw new Error(`--${name} takes a number, not "${String(all[name])}".`);
  };
  return {
    peers: choosePeers(String(all.peer).split(',')),
    runs: number('runs'),
    seconds: number('seconds'),
    nodeArgs: String(all['node-args']).split(' ').filter(Boolean),
    number,
  };
}
