import { limits } from '../../protocol/index.ts';
import type { Mount, SandboxView } from './view.ts';

/**
 * The arguments of bubblewrap for a sandbox without network, with namespaces and `/proc` of its own and
 * without any capability. It ends with the process that started it, and everything in it ends too. The
 * command to run is not part of them.
 */
export function bubblewrapArguments({ mounts, cwd }: SandboxView): string[] {
  return [
    ...['--unshare-user', '--disable-userns', '--unshare-pid', '--unshare-net', '--unshare-ipc'],
    ...['--unshare-uts', '--unshare-cgroup-try', '--hostname', 'sandbox'],
    ...['--cap-drop', 'ALL', '--die-with-parent'],
    ...[
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      ...inMemory('/dev/shm'),
      ...inMemory('/tmp'),
      ...inMemory('/run'),
    ],
    ...mounts.flatMap(mountArguments),
    // Folders that only lead to a mount are in memory. Nothing is to be written there.
    ...['--remount-ro', '/', '--remount-ro', '/dev', '--remount-ro', '/run'],
    ...mounts.flatMap((mount) => (mount.kind === 'closed' ? ['--remount-ro', mount.to] : [])),
    ...['--chdir', cwd],
  ];
}

function mountArguments(mount: Mount): string[] {
  switch (mount.kind) {
    case 'read':
      return ['--ro-bind', mount.from, mount.to];
    case 'write':
      return ['--bind', mount.from, mount.to];
    case 'link':
      return ['--symlink', mount.target, mount.to];
    default:
      return inMemory(mount.to);
  }
}

/** Without a size each may fill half of the machine's memory. */
function inMemory(path: string): string[] {
  return ['--size', String(limits.sandboxMemoryFolderBytesMax), '--tmpfs', path];
}

/** How bubblewrap reads arguments from a descriptor: each ends with a NUL, so that no path is split. */
export function encodeArguments(words: readonly string[]): string {
  return words.map((word) => `${word}\0`).join('');
}
