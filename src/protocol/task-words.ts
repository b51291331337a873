import type { Task } from './task-entities.ts';

const titleCharsMax = 120;

/** A task in one line, for use within a sentence. */
export function taskTitle(description: string): string {
  const line = (description.split('\n', 1)[0] ?? '').trim().replace(/[.!?\s]+$/, '');
  return line.length > titleCharsMax ? `${line.slice(0, titleCharsMax - 1).trimEnd()}…` : line;
}

/** How the end of a stopped task is reported. */
export function stoppedSentence({ description }: Pick<Task, 'description'>, reason: string | null): string {
  return `⏹ Stopped: ${taskTitle(description)}.${reason === null ? '' : ` ${reason}`}`;
}

/** The key of the message that reports a task's end: it is said once. */
export function reportKey(taskId: string): string {
  return `task-${taskId}-end`;
}
