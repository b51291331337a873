import type { TestContext } from 'node:test';
import type { AgentStatus, CommandInput, FileLock, Task } from '../../src/protocol/index.ts';
import { type Frame, type RawClient, rawClient } from './raw-client.ts';
import type { ServerProcess } from './server-process.ts';

/** The owner of a running server, signed in. */
export interface Person {
  readonly client: RawClient;
  /** The answer to a command, be it an error. */
  ask(command: object): Promise<Frame>;
  taskOf(command: object): Promise<Task>;
  /** A step of a task that was heard, or is yet to be, that fits. */
  step(taskId: string, fits: (data: Frame['data']) => boolean): Promise<Frame>;
  locks(): Promise<FileLock[]>;
  /** How each agent is. */
  states(): Promise<Record<string, AgentStatus>>;
}

/** Signs in at a server, with `more` in its first frame. The connection ends with the test. */
export async function enter(
  t: TestContext,
  { runtime }: ServerProcess,
  more: Partial<CommandInput<'auth'>> = {},
): Promise<Person> {
  const client = await rawClient(t, runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: runtime.token, ...more });
  await client.nextOf('auth_success');
  let requests = 0;
  async function ask(command: object): Promise<Frame> {
    requests += 1;
    const request_id = requests;
    client.send({ ...command, request_id });
    return client.ever((frame) => frame.request_id === request_id);
  }
  return {
    client,
    ask,
    taskOf: async (command) => (await ask(command)).data.task as Task,
    step: (taskId, fits) =>
      client.ever(({ type, data }) => type === 'task_notification' && data.task_id === taskId && fits(data)),
    locks: async () => (await ask({ type: 'get_locks' })).data.locks as FileLock[],
    states: async () => (await ask({ type: 'get_agent_status' })).data as Record<string, AgentStatus>,
  };
}
