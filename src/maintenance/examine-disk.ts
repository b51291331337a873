import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { judgeRoom } from './doctor/machine-checks.ts';

/** How much room is where a database is, as the doctor judges it; nobody waits for a slow disk. */
export async function examineDisk(dbPath: string) {
  const [room, { size }] = await Promise.all([statfs(dirname(dbPath)), stat(dbPath)]);
  const { level: status, message } = judgeRoom(room, size);
  return { status, message, numbers: { free_bytes: room.bavail * room.bsize } };
}
