import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second for its users, whatever its own clock does. */
const ticksPerSecond = 100;

/** CPU time that a process, all its threads and the processes below it have used so far. */
export function cpuSeconds(pid: number): number {
  return ownCpuSeconds(pid) + children(pid).reduce((sum, child) => sum + cpuSeconds(child), 0);
}

/** The same without the processes below it that still run. */
export function ownCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime, stime, and those of ended children that were waited for: fields 14 to 17 of proc(5).
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / ticksPerSecond;
}

/** Resident memory of a process and those below it. */
export function residentBytes(pid: number): number {
  return ownResidentBytes(pid) + children(pid).reduce((sum, child) => sum + residentBytes(child), 0);
}

/** Resident memory of a process alone. */
export function ownResidentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? 0) * 1024;
}

function children(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
