import { pino } from 'pino';

export type Log = pino.Logger;

/** Structured logs as JSON lines on standard error, so that standard output stays for people. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      redact: ['token', '*.token', 'headers.cookie', 'headers.authorization'],
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
