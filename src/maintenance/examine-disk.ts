import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { judgeRoom, nearestFolder } from './doctor/machine-checks.ts';

/** How much room is where a database is, as the doctor judges it; nobody waits for a slow disk. */
export async function examineDisk(dbPath: string) {
  const [room, size] = await Promise.all([statfs(nearestFolder(dirname(dbPath))), sizeOf(dbPath)]);
  const { level: status, message } = judgeRoom(room, size);
  return { status, message, numbers: { free_bytes: room.bavail * room.bsize } };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
