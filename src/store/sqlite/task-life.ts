import { ChatError } from '../../protocol/errors.ts';
import type { Task } from '../../protocol/task-entities.ts';
import type { Steer } from '../../protocol/task-life.ts';
import type { NewTask } from '../store.ts';
import type { TaskMove, TaskSteering, TaskStore, TaskToTakeUp } from '../task-store.ts';
import { demandOpen, requireConversation } from './conversations.ts';
import type { Database } from './database.ts';
import { helpWith } from './help.ts';
import type { JournalWriter } from './journal.ts';
import { announceStatus, requireAgent } from './members.ts';
import { isUnread, steered, tell } from './steers.ts';
import { hasEnded, placeInLine, readLine, readTask, requireTask } from './task-rows.ts';
import { addTask, endUnasked, isWorkers } from './tasks.ts';

export function takeUpTask(
  db: Database,
  journal: JournalWriter,
  asked: NewTask,
  { task_id, how, reason }: TaskToTakeUp,
): Task {
  const former = requireTask(db, task_id);
  const agent = requireAgent(db, asked.agent_name).name;
  const successor = former.successor_id === null ? null : readTask(db, former.successor_id);
  if (successor !== null && !hasEnded(successor.status)) {
    if (successor.agent_name === agent) return successor;
    throw new ChatError('taken_up', `${successor.agent_name} has taken that up. Stop that first.`);
  }
  const waits = former.status === 'assigned' && how === 'reassign';
  if (!waits && !hasEnded(former.status)) throw new ChatError('still_running');
  if (how === 'continue' && former.status === 'completed') {
    throw new ChatError('not_running', 'That task was completed. Retry it, or give a new one.');
  }
  const predecessor = { task_id, agent_name: former.agent_name, how };
  const inherited =
    how === 'continue'
      ? {
          agent_session: former.agent_session,
          session_place: former.session_place,
          steers: former.steers.filter(isUnread),
        }
      : { steers: toldAgain(former) };
  const task = addTask(db, journal, asked, { predecessor, ...inherited });
  db.run('UPDATE tasks SET successor_id = ? WHERE task_id = ?', task.task_id, task_id);
  if (waits) {
    endUnasked(db, journal, former, reason, asked.at);
    announceStatus(db, journal, former.agent_name, asked.at);
  }
  if (how === 'continue') {
    const [first = null] = readLine(db, agent);
    if (first !== task.task_id) {
      moveTask(db, journal, { ...asked, before: first, by: asked.requested_by });
    }
  }
  return task;
}

/** A session that begins anew knows nothing that people told the one before. */
function toldAgain({ steers }: Task): Steer[] {
  return steers.filter(({ by }) => by !== 'system').map((steer) => ({ ...steer, read_at: null }));
}

export function moveTask(
  db: Database,
  journal: JournalWriter,
  { task_id, before, by, at }: TaskMove,
): string[] {
  const { agent_name } = requireTask(db, task_id);
  const line = readLine(db, agent_name);
  if (!line.includes(task_id)) throw new ChatError('not_waiting');
  if (before === task_id) return line;
  if (before !== null && !line.includes(before)) {
    throw new ChatError('not_waiting', `The task it should come before is not waiting for ${agent_name}.`);
  }
  const moved = line.filter((id) => id !== task_id);
  moved.splice(before === null ? moved.length : moved.indexOf(before), 0, task_id);
  if (moved.every((id, place) => id === line[place])) return line;
  placeInLine(db, line, moved);
  journal.append('task_queue_update', { agent_name, task_ids: moved, by, timestamp: at }, at);
  return moved;
}

export function steerTask(
  db: Database,
  journal: JournalWriter,
  { task_id, steer, announcement, at }: TaskSteering,
): Task {
  const task = requireTask(db, task_id);
  if (task.steers.some(({ steer_id }) => steer_id === steer.steer_id)) return task;
  if (announcement?.sender_kind === 'person') {
    demandOpen(requireConversation(db, announcement.conversation_id, null));
  }
  const told = tell(db, journal, task, steer, announcement, at);
  if (announcement?.sender_kind !== 'system')
    helpWith(db, journal, told, { by: steer.by, text: steer.text, at });
  return requireTask(db, task_id);
}

export function withdrawSteer(
  db: Database,
  journal: JournalWriter,
  { task_id, steer_id, at }: Parameters<TaskStore['withdrawSteer']>[0],
): boolean {
  const task = requireTask(db, task_id);
  const steers = task.steers.filter((steer) => steer.steer_id !== steer_id || !isUnread(steer));
  if (hasEnded(task.status) || steers.length === task.steers.length) return false;
  steered(db, journal, { ...task, steers }, { withdrawn_steers: [steer_id] }, at);
  return true;
}

export function takeSteers(
  db: Database,
  journal: JournalWriter,
  { task_id, worker_id, at }: Parameters<TaskStore['takeSteers']>[0],
): Steer[] {
  const task = requireTask(db, task_id);
  if (task.status === 'assigned' || hasEnded(task.status) || !isWorkers(task, worker_id)) return [];
  const unread = task.steers.filter(isUnread);
  if (unread.length === 0) return [];
  const steers = task.steers.map((steer) => ({ ...steer, read_at: steer.read_at ?? at }));
  const read = steers.filter((_, place) => task.steers[place]?.read_at === null);
  steered(db, journal, { ...task, steers }, { steers: read }, at);
  return read;
}
