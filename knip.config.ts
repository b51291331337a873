import type { KnipConfig } from 'knip';
import { importsOf } from './test/house/imports.ts';
import { readSourceTree } from './test/house/source-tree.ts';

/** Modules that a thread or a process is started with are named by address, which knip cannot see. */
const startedByAddress = readSourceTree()
  .flatMap(importsOf)
  .filter(({ byAddress }) => byAddress)
  .map(({ to }) => to);

export default {
  entry: [
    'src/index.ts',
    'src/client/index.ts',
    'src/protocol/index.ts',
    'scripts/*.ts',
    '{src,test}/**/*.test.ts',
    // Commands, and programs that they start.
    'bench/*.ts',
    'bench/{peers,load}/*.ts',
    ...startedByAddress,
  ],
  project: ['{src,web,test,bench,scripts}/**/*.{ts,tsx,css}'],
  vite: { config: ['web/vite.config.ts'] },
  // Programs of Linux: for benchmarks that choose their cores, and for sandboxes.
  ignoreBinaries: ['taskset', 'mount', 'umount'],
  // Programs that test/package starts by their path; a server that benchmarks install for themselves.
  ignoreDependencies: ['@arethetypeswrong/cli', 'publint', 'socket.io'],
  // A type that only its own file names is still worth a name.
  ignoreExportsUsedInFile: { interface: true, type: true },
} satisfies KnipConfig;
