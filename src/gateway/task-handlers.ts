import type { Conversations } from '../chat/conversations.ts';
import type { Task, taskCommands } from '../protocol/index.ts';
import type { Progress } from '../tasks/progress.ts';
import { isSteerable, type TaskLife } from '../tasks/task-life.ts';
import type { Tasks } from '../tasks/tasks.ts';
import { hasEnded } from '../tasks/transitions.ts';
import type { SignedInConnection } from './connection.ts';
import type { Handlers } from './handler.ts';

interface TaskDomains {
  readonly tasks: Tasks;
  readonly taskLife: TaskLife;
  readonly progress: Progress;
  readonly conversations: Conversations;
}

/** Answers the commands about tasks that wait, are under way or have ended. */
export function taskHandlers(
  { tasks, taskLife, progress, conversations }: TaskDomains,
  maySee: (connection: SignedInConnection, task: Task) => boolean,
  workerOf: (connection: SignedInConnection) => string,
): Pick<Handlers, keyof typeof taskCommands> {
  const nameOf = ({ state }: SignedInConnection) => state.identity.user_id;
  const isEnded = ({ status }: Task) => hasEnded(status);
  const find = (
    connection: SignedInConnection,
    which: Parameters<TaskLife['find']>[0],
    fits: (task: Task) => boolean,
  ) => taskLife.find(which, fits, (task) => maySee(connection, task));

  return {
    get_agent_tasks: {
      run: ({ state: { identity } }, query) =>
        taskLife.history(query, identity.kind === 'worker' ? null : identity.user_id),
    },
    continue_task: {
      async run(connection, which) {
        const former = await find(connection, which, isEnded);
        return { task: await taskLife.takeUp(former, 'continue', nameOf(connection)) };
      },
    },
    retry_task: {
      async run(connection, which) {
        const former = await find(connection, which, isEnded);
        return { task: await taskLife.takeUp(former, 'retry', nameOf(connection)) };
      },
    },
    reassign_task: {
      async run(connection, { task_id, from, agent_name }) {
        const fits = (task: Task) => task.status === 'assigned' || isEnded(task);
        const former = await find(connection, { task_id, agent_name: from }, fits);
        return { task: await taskLife.takeUp(former, 'reassign', nameOf(connection), agent_name) };
      },
    },
    go_on: {
      async run(connection, { message_id }) {
        const sees = (id: string) => conversations.isVisible(id, connection.state.identity);
        return { task: await tasks.goOn(message_id, nameOf(connection), sees) };
      },
    },
    move_task: {
      async run(connection, move) {
        await find(connection, move, () => true);
        return { task_ids: await taskLife.move(move, nameOf(connection)) };
      },
    },
    steer_task: {
      async run(connection, { text, when, client_message_id, ...which }) {
        const task = await find(connection, which, isSteerable);
        return { task: await taskLife.steer(task, { text, when, client_message_id }, nameOf(connection)) };
      },
    },
    get_progress: {
      run: async (connection, { agent_name }) => ({
        progress: await progress.read((task) => maySee(connection, task), agent_name),
      }),
    },
    take_steers: {
      run: async (connection, { task_id }) => ({
        steers: await taskLife.takeSteers(task_id, workerOf(connection)),
      }),
    },
  };
}
