import type { ProcessEnd } from './process.ts';

/** A turn that was running in a program when it ended. */
export interface RunningIn {
  readonly agent: string;
  /** Counts up with all that is said to and by the program: the higher, the later. */
  readonly activity: number;
}

/** Signals by which somebody else ends a program, or the system does when it has no memory left. */
const fromOutside: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);

/**
 * The agent whose turn is taken for the cause of a program's end; null: none, and all turns go on. It is the
 * one that the program was ended for (`endedFor`), or the only one. In a crash it is the one that the program
 * dealt with last: were none taken, a task that crashes its program would do so again and again.
 */
export function causeOfEnd(
  how: ProcessEnd,
  turns: readonly RunningIn[],
  endedFor: string | null = null,
): string | null {
  if (endedFor !== null) return endedFor;
  const [only, another] = turns;
  if (only === undefined || another === undefined) return only?.agent ?? null;
  if (how.signal !== null && fromOutside.has(how.signal)) return null;
  return turns.reduce((last, turn) => (turn.activity > last.activity ? turn : last)).agent;
}
