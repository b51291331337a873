import { RequestError, type StopReason } from '@agentclientprotocol/sdk';
import type { ProcessEnd } from './process.ts';

/** Its message is a sentence for people: the agent program could not be brought to work. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

const authRequiredCode = -32000;
const detailCharsMax = 1_000;

/** Why a turn that ended by this stop reason was not completed. */
export function stopReasonSentence(program: string, reason: Exclude<StopReason, 'end_turn'>): string {
  switch (reason) {
    case 'refusal':
      return `${program} refused to go on with this. Ask in other words, or ask for something else.`;
    case 'max_tokens':
      return 'The answer grew longer than the model allows. Ask for a smaller step.';
    case 'max_turn_requests':
      return `${program} used up the number of steps it allows for one task. Ask it to go on.`;
    case 'cancelled':
      return `${program} ended the turn, though nobody asked it to.`;
    default:
      return `${program} stopped for a reason that is not known here: ${String(reason satisfies never)}.`;
  }
}

/** What to tell when a request to the program failed. `loginHint` says how to sign the program in. */
export function requestErrorSentence(program: string, loginHint: string, error: unknown): string {
  if (error instanceof RequestError && error.code === authRequiredCode) {
    return `${program} wants to be signed in first. ${loginHint}`;
  }
  const message = error instanceof Error ? error.message : String(error);
  const plain = message.replace(/^Internal error(: )?/, '').trim();
  const detail = error instanceof RequestError ? detailOf(error.data) : '';
  const text = plain || detail || 'it gave no reason';
  return `${program} reported an error: ${sentence(text.slice(0, detailCharsMax))}`;
}

/** What to tell when the program's process ended during a turn. */
export function exitSentence(program: string, end: ProcessEnd, stderrTail: string): string {
  if (end.error) return `${program} could not be started: ${sentence(end.error.message)}`;
  const how = end.signal ? `was ended by ${end.signal}` : `ended with exit code ${end.code ?? 'unknown'}`;
  const last = stderrTail === '' ? '' : ` It said last: ${stderrTail.slice(-detailCharsMax)}`;
  return `${program} ${how} in the middle of its work. It is started again for the next task.${last}`;
}

function detailOf(data: unknown): string {
  if (typeof data === 'string') return data;
  if (typeof data !== 'object' || data === null) return '';
  if ('message' in data && typeof data.message === 'string') return data.message;
  return 'details' in data && typeof data.details === 'string' ? data.details : '';
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
