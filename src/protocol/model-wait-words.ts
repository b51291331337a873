import type { AgentStatus } from './entities.ts';
import type { ModelWait } from './model-wait.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * A sentence that says why a task waits for its model and until when, in the time zone of whoever runs this:
 * "Waiting for the model until 14:05 (429 Too Many Requests)."
 */
export function modelWaitSentence({ until, reason }: ModelWait, nowMs: number): string {
  const time = until === null ? '' : ` until ${timeOfDay(new Date(until), nowMs)}`;
  const why = reason === '' ? '' : ` (${reason.replace(/[.\s]+$/, '')})`;
  return `Waiting for the model${time}${why}.`;
}

/** Why an agent is in its state, with times in the time zone of whoever runs this. */
export function statusReason(
  { reason, model_wait }: Pick<AgentStatus, 'reason' | 'model_wait'>,
  nowMs: number,
): string | null {
  return model_wait ? modelWaitSentence(model_wait, nowMs) : reason;
}

/** With the date where the time alone could be that of another day. */
function timeOfDay(at: Date, nowMs: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const isNear = Math.abs(at.getTime() - nowMs) < dayMs;
  return isNear ? time : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}
