import type { Task } from './task-entities.ts';

/** A task of a private conversation, as those who are not in it may name it. */
export const privateTaskTitle = 'a task in a private conversation';

/** The audience of tasks that everybody may know of. */
export const publicAudience = 'public';

/**
 * All that others than the members of its conversation see of a private task: which agent is at it, since
 * when and how far. Not a word of what was said, asked, planned, done or answered, nor by whom.
 */
export function withoutContent(task: Task): Task {
  const empty = { plan: [], tools: [], changes: [], steers: [], predecessor: null, agent_session: null };
  const unplaced = { session_place: null };
  const untold = { reason: null, output: null, message_id: null, model_wait: null };
  return { ...task, ...empty, ...untold, ...unplaced, description: privateTaskTitle, requested_by: '' };
}
