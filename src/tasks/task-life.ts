import { randomUUID } from 'node:crypto';
import { isoTime } from '../lib/clock.ts';
import {
  ChatError,
  type CommandRequest,
  limits,
  type Steer,
  type TakeUp,
  type Task,
  type TaskHistory,
  type TaskHistoryFields,
} from '../protocol/index.ts';
import type { Team } from '../team/team.ts';
import { type AssigningDependencies, newTask, situationOf } from './assigning.ts';
import { hasEnded } from './transitions.ts';

/** What becomes of tasks besides being done: taken up again, moved in line, told something meanwhile. */
export interface TaskLife {
  /**
   * A task by its id, or the newest of an agent that fits, of those that `sees` lets through. Errors:
   * not_found, unknown_agent, not_running when the agent has none.
   */
  find(which: Which, fits: (task: Task) => boolean, sees: (task: Task) => boolean): Promise<Task>;
  /**
   * Has a task taken up by an agent, its own without `agent`: as a new task that is linked to it. Errors: as
   * of the store's takeUpTask.
   */
  takeUp(former: Task, how: TakeUp, by: string, agent?: string): Promise<Task>;
  /** Puts a waiting task before another, or last, and gives back the line. Errors: not_found, not_waiting. */
  move(move: CommandRequest<'move_task'>, by: string): Promise<string[]>;
  /** What an agent did and does, as far as the viewer may see it; null sees all. */
  history(query: { agent_name: string } & TaskHistoryFields, viewer: string | null): Promise<TaskHistory>;
  /** Tells a task something, and says it in its conversation. Errors: not_running, limit_reached. */
  steer(task: Task, told: Told, by: string): Promise<Task>;
  /** Breaks off what a task is at, and tells it something of the server's own. Errors: as of steer. */
  nudge(task: Task, text: string): Promise<Task>;
  /** What its agent does not know yet; it counts as known from now on. */
  takeSteers(taskId: string, workerId: string): Promise<Steer[]>;
}

export interface Which {
  readonly task_id?: string | undefined;
  readonly agent_name?: string | undefined;
}

type Told = Pick<CommandRequest<'steer_task'>, 'text' | 'when' | 'client_message_id'>;

/** Whether a task can be told something. */
export function isSteerable({ status }: Task): boolean {
  return status !== 'stopping' && !hasEnded(status);
}

export function createTaskLife(dependencies: AssigningDependencies & { readonly team: Team }): TaskLife {
  const { store, team, clock } = dependencies;

  async function newestOf(agentName: string, fits: (task: Task) => boolean): Promise<Task> {
    const { name } = team.agent(agentName);
    const active = (await store.listActiveTasks()).filter((task) => task.agent_name === name);
    const ended = await store.listRecentTasks(limits.historyPageMax, name);
    const task = [...active.filter(({ status }) => status !== 'assigned'), ...active, ...ended].find(fits);
    if (task === undefined) throw new ChatError('not_running', `${name} has no such task.`);
    return task;
  }

  async function tell(
    { task_id, agent_name, conversation_id, message_id }: Task,
    { text, when, client_message_id: steer_id = randomUUID() }: Told,
    by: string,
    sender_kind: 'person' | 'system',
  ): Promise<Task> {
    const at = isoTime(clock);
    return store.steerTask({
      task_id,
      steer: { steer_id, text, when, by },
      announcement: {
        conversation_id,
        sender_name: by,
        sender_kind,
        text: `@${agent_name} ${text}`,
        mentions: [agent_name],
        reply_to: message_id,
        client_message_id: `steer-${task_id}-${steer_id}`,
        metadata: { kind: 'steer', task_id },
        at,
      },
      at,
    });
  }

  return {
    async find({ task_id, agent_name }, fits, sees) {
      if (task_id === undefined) {
        if (agent_name === undefined)
          throw new ChatError('bad_frame', 'Say which: a task_id, or an agent_name.');
        return newestOf(agent_name, (task) => fits(task) && sees(task));
      }
      const task = await store.readTask(task_id);
      if (task === null || !sees(task)) throw new ChatError('not_found', `No task has the id "${task_id}".`);
      return task;
    },
    async takeUp(former, how, by, agent = former.agent_name) {
      const { name } = team.agent(agent);
      const asked = { ...former, task_id: undefined, agent_name: name, requested_by: by };
      const takesUp = { agent_name: former.agent_name, how };
      const now = await situationOf(dependencies, name, former.conversation_id);
      const task = newTask(dependencies, asked, former, now, takesUp);
      const reason = `Given to ${name} by ${by}.`;
      return store.takeUpTask(task, { task_id: former.task_id, how, reason });
    },
    move: (move, by) => store.moveTask({ ...move, by, at: isoTime(clock) }),
    history: ({ before = null, ...query }, viewer) => store.listTasksOf({ ...query, before, viewer }),
    steer: (task, told, by) => tell(task, told, by, 'person'),
    nudge: (task, text) => tell(task, { text, when: 'now' }, 'system', 'system'),
    takeSteers: (task_id, worker_id) => store.takeSteers({ task_id, worker_id, at: isoTime(clock) }),
  };
}
