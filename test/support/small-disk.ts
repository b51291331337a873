import { spawnSync } from 'node:child_process';
import { temporaryDirectory } from './store.ts';

/** A command that runs with a small file system of its own mounted at a directory. */
export function onSmallDisk(directory: string, command: readonly string[]): [string, ...string[]] {
  const mount = 'mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"';
  return ['unshare', '-r', '-m', 'sh', '-c', mount, directory, ...command];
}

/** Whether this machine lets us mount one. */
export function canMountSmallDisk(): boolean {
  const directory = temporaryDirectory();
  const [program, ...args] = onSmallDisk(directory.path, ['true']);
  const { status } = spawnSync(program, args);
  directory.remove();
  return status === 0;
}
