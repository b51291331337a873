import { RequestError, type StopReason } from '@agentclientprotocol/sdk';
import { causeIn } from './cause.ts';
import type { ProcessEnd } from './process.ts';

/** Its message is a sentence for people: the agent program could not be brought to work. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

const authRequiredCode = -32000;
/** Marks an answer that was too long, which an error of ours stands for. */
export const tooLong = 'too long to be taken';
const detailCharsMax = 1_000;

/** Why a turn that ended by this stop reason was not completed. */
export function stopReasonSentence(
  program: string,
  reason: Exclude<StopReason, 'end_turn' | 'max_tokens'>,
): string {
  switch (reason) {
    case 'refusal':
      return `${program} refused to go on with this. Ask in other words, or ask for something else.`;
    case 'max_turn_requests':
      return `${program} used up the number of steps it allows for one task. Continue goes on from there.`;
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
  if (error instanceof RequestError && error.data === tooLong) return message;
  const plain = message.replace(/^Internal error(: )?/, '').trim();
  const detail = error instanceof RequestError ? detailOf(error.data) : '';
  const whole = plain || detail || 'it gave no reason';
  const text = /\n\s+at /.test(whole) ? causeIn(whole) : whole;
  return `${program} reported an error: ${sentence(text.slice(0, detailCharsMax))}`;
}

/** What is known of a program besides its messages. */
export interface ProgramOutput {
  readonly errorOutput: string;
  /** What it printed to standard output that was no message. */
  readonly printed: string;
}

/** What to tell when the program's process ended. `unanswered`: what it was asked when it started. */
export function exitSentence(
  program: string,
  end: ProcessEnd,
  output: ProgramOutput,
  unanswered?: string,
): string {
  if (end.error) return `${program} could not be started: ${sentence(end.error.message)}`;
  const how = end.signal ? `was ended by ${end.signal}` : `ended with exit code ${end.code ?? 'unknown'}`;
  const when =
    unanswered === undefined
      ? 'in the middle of its work. It is started again for the next task.'
      : `before it answered ${unanswered}.`;
  return `${program} ${how} ${when}${saidSentence(output)}`;
}

/** What to tell when the program did not answer a request in time. */
export function unansweredSentence(
  program: string,
  method: string,
  waitedMs: number,
  output: ProgramOutput,
): string {
  return `${program} did not answer ${method} within ${duration(waitedMs)}.${saidSentence(output)}`;
}

/** What to tell of a message over the limit. */
export function longFrameSentence(program: string, bytes: number, bytesMax: number): string {
  const megabytes = (value: number) => `${Math.ceil(value / (1024 * 1024))} MB`;
  const most = megabytes(bytesMax);
  return (
    `${program} sent a message of ${megabytes(bytes)} about this task, and at most ${most} can be taken. ` +
    'An edit of a very large file makes such a message. Ask for smaller changes.'
  );
}

function saidSentence({ errorOutput, printed }: ProgramOutput): string {
  const cause = causeIn(errorOutput);
  if (cause !== '') return ` It said: ${cause.slice(0, detailCharsMax)}`;
  return printed === '' ? '' : ` It printed: ${printed.slice(0, detailCharsMax)}`;
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 1_000)} s`;
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
