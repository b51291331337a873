export type Level = 'ok' | 'warning' | 'problem';

/** What the doctor saw: one thing, in a sentence, and what to do about it where something is to be done. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly message: string;
  readonly advice: string | null;
}

export function ok(check: string, message: string): Finding {
  return { check, level: 'ok', message, advice: null };
}

export function warning(check: string, message: string, advice: string): Finding {
  return { check, level: 'warning', message, advice };
}

export function problem(check: string, message: string, advice: string): Finding {
  return { check, level: 'problem', message, advice };
}

/** The gravest of all. */
export function worst(findings: readonly Finding[]): Level {
  const levels = findings.map(({ level }) => level);
  if (levels.includes('problem')) return 'problem';
  return levels.includes('warning') ? 'warning' : 'ok';
}
