import {
  type AgentStatus,
  type ModelWait,
  modelWaitSentence,
  statusReason,
} from '../../../src/protocol/index.ts';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dated = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });

/** "14:05" or "2:05 PM", as the browser's locale writes it: the one clock of the page. */
export function clockTime(iso: string): string {
  return clock.format(new Date(iso));
}

/** Why and until when a task waits for its model. */
export function modelWaitText(wait: ModelWait): string {
  return modelWaitSentence(wait, Date.now(), (at) => clock.format(at));
}

/** Why an agent is in its state. */
export function statusReasonText(status: Pick<AgentStatus, 'reason' | 'model_wait'>): string | null {
  return statusReason(status, Date.now(), (at) => clock.format(at));
}

/** Everything about a time, for a tooltip. */
export function fullTime(iso: string): string {
  return full.format(new Date(iso));
}

/** The reader's own day, as a key: two times with one key are on one day. */
export function dayKey(iso: string): string {
  const date = new Date(iso);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** "Today", "Yesterday", "Tuesday, 3 March", or with the year when it is another one. */
export function dayTitle(iso: string, now: Date): string {
  const key = dayKey(iso);
  if (key === dayKey(now.toISOString())) return 'Today';
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (key === dayKey(yesterday.toISOString())) return 'Yesterday';
  const date = new Date(iso);
  return (date.getFullYear() === now.getFullYear() ? weekday : dated).format(date);
}

/** "48 s", "3 min 5 s", "2 h 4 min": how long something took. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const shortDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** "14:05" today, otherwise the day: "3 Mar". */
export function momentText(iso: string, now: Date): string {
  return dayKey(iso) === dayKey(now.toISOString()) ? clockTime(iso) : shortDate.format(new Date(iso));
}
