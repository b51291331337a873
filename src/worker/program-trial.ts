import type { SupplyProblem } from '../protocol/index.ts';
import { ProgramError } from './acp/failure.ts';
import type { AgentProgram } from './acp/program.ts';

/** No member can have it. */
const agent = 'check of the agent program';
const prompt = 'This is a check whether you can be reached. Answer with the one word "ready". Use no tools.';
/** From when the program runs. Making a session takes most of it on a busy machine. */
const timeoutMs = 60_000;

const refuse = async () => ({ decision: 'reject', reason: 'This is only a check. Use no tools.' }) as const;

/**
 * Gives a program one small request, on the way that tasks take: the same process, settings and network.
 * Null: it works. Else why not, a sentence.
 */
export async function tryProgram(program: AgentProgram): Promise<string | null> {
  try {
    // It has a time-out of its own.
    await program.start();
  } catch (error) {
    if (error instanceof ProgramError) return error.message;
    throw error;
  }
  let isLate = false;
  let answered = false;
  const turn = program.runTurn({
    agent,
    prompt,
    session: null,
    readOnly: true,
    gates: { approve: refuse, take: refuse },
    onUpdate(update) {
      if (update.kind !== 'text' || update.text.trim() === '') return;
      answered = true;
      // Any word will do.
      turn.stop();
    },
  });
  const timer = setTimeout(() => {
    isLate = true;
    turn.stop();
  }, timeoutMs);
  try {
    const { ending } = await turn.result;
    if (answered) return null;
    if (isLate) return `The model gave no answer within ${timeoutMs / 1_000} s.`;
    return 'reason' in ending ? ending.reason : 'The model gives empty answers.';
  } finally {
    clearTimeout(timer);
    await program.forget(agent).catch(() => undefined);
  }
}

/** What kind of trouble a program tells of. The sentence is the provider's own, so this is a guess. */
export function problemOf(reason: string): SupplyProblem {
  if (/could not be started|ended with exit code|was ended by|of its start/i.test(reason))
    return 'does_not_run';
  if (/cannot connect|unable to connect|connection refused|ECONN|ENOTFOUND|no answer within/i.test(reason))
    return 'no_answer';
  const refused = new RegExp(
    'api.?key|unauthori[sz]ed|authenticat|credential|signed? in|forbidden|access denied|' +
      'invalid.{0,20}token|\\b40[123]\\b|billing|payment|\\bcredit',
    'i',
  );
  return refused.test(reason) ? 'refused' : 'failing';
}
