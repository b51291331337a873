import type { ChatClient } from '../../../src/client/index.ts';
import type { Task } from '../../../src/protocol/index.ts';
import { randomId } from '../lib/ids.ts';
import type { Store } from '../state/store.ts';

/** What people do with tasks that wait, are under way or have ended. */
export interface TaskActs {
  /** Resolves to the new task, or null. */
  takeUp(how: 'continue_task' | 'retry_task', taskId: string): Promise<Task | null>;
  reassign(taskId: string, agentName: string): Promise<Task | null>;
  /** Puts a waiting task before another; null: to the end. */
  moveTask(taskId: string, before: string | null): Promise<boolean>;
  /** Resolves to whether it was told. Told again by the same id, it is told once. */
  steer(taskId: string, text: string, when: 'now' | 'next', id?: string): Promise<boolean>;
  /** Gives what an agent wanted to hand over when its chain paused. */
  goOn(messageId: number): Promise<Task | null>;
  /** A task that may not be held, or null. */
  readTask(taskId: string): Promise<Task | null>;
}

export function createTaskActs(
  client: ChatClient,
  store: Store,
  attempt: <T>(act: () => Promise<T>) => Promise<T | null>,
): TaskActs {
  async function loaded(act: () => Promise<{ task: Task }>): Promise<Task | null> {
    const task = (await attempt(act))?.task ?? null;
    if (task) store.dispatch({ type: 'task_loaded', task });
    return task;
  }

  return {
    takeUp: (how, task_id) => loaded(() => client.request(how, { task_id })),
    reassign: (task_id, agent_name) => loaded(() => client.request('reassign_task', { task_id, agent_name })),
    moveTask: async (task_id, before) =>
      (await attempt(() => client.request('move_task', { task_id, before }))) !== null,
    async steer(task_id, text, when, client_message_id = randomId()) {
      const told = { task_id, text, when, client_message_id };
      return (await loaded(() => client.request('steer_task', told))) !== null;
    },
    goOn: (message_id) => loaded(() => client.request('go_on', { message_id })),
    readTask: async (task_id) => (await attempt(() => client.request('get_task', { task_id })))?.task ?? null,
  };
}
