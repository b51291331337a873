import type { AgentStatus } from './entities.ts';
import type { ModelWait } from './model-wait.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** The time of day, as the surface writes it. */
type Clock = (at: Date) => string;

/**
 * A sentence that says why a task waits for its model and until when, in the time zone of whoever runs this:
 * "Waiting for the model until 14:05 (429 Too Many Requests)."
 */
export function modelWaitSentence(
  { until, reason }: ModelWait,
  nowMs: number,
  clock: Clock = hoursAndMinutes,
): string {
  const time = until === null ? '' : ` until ${momentOf(new Date(until), nowMs, clock)}`;
  const why = reason === '' ? '' : ` (${reason.replace(/[.\s]+$/, '')})`;
  return `Waiting for the model${time}${why}.`;
}

/** Why an agent is in its state, with times in the time zone of whoever runs this. */
export function statusReason(
  { reason, model_wait }: Pick<AgentStatus, 'reason' | 'model_wait'>,
  nowMs: number,
  clock: Clock = hoursAndMinutes,
): string | null {
  return model_wait ? modelWaitSentence(model_wait, nowMs, clock) : reason;
}

/** With the date where the time alone could be that of another day. */
function momentOf(at: Date, nowMs: number, clock: Clock): string {
  const isNear = Math.abs(at.getTime() - nowMs) < dayMs;
  const date = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
  return isNear ? clock(at) : `${date} ${clock(at)}`;
}

function hoursAndMinutes(at: Date): string {
  return `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
