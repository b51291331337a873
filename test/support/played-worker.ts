import type { TestContext } from 'node:test';
import type { RunningApp } from '../../src/app.ts';
import type { Approval, Task } from '../../src/protocol/index.ts';
import { startApp } from './app.ts';
import type { Frame, RawClient } from './raw-client.ts';
import { enter, secretKey, tokenFor } from './sign-in.ts';

/** A server with an agent, whose worker is a script. */
export interface House {
  readonly app: RunningApp;
  readonly worker: RawClient;
  comeIn(name: string, role: 'admin' | 'developer' | 'analyst' | 'system'): Promise<RawClient>;
  /** Gives elad a task, which the worker takes. */
  work(by: RawClient, more?: object): Promise<Task>;
  /** What the worker is answered about a tool. */
  wants(
    task: Task,
    more?: object,
  ): Promise<{ allowed: boolean; reason: string | null; approval: Approval | null }>;
}

let requests = 0;
/** Sends a command. Resolves with its answer, be it an error. */
export async function request(client: RawClient, command: object): Promise<Frame> {
  requests += 1;
  const request_id = requests;
  client.send({ ...command, request_id });
  return client.ever((frame) => frame.request_id === request_id);
}

export async function openHouse(
  t: TestContext,
  flags: object = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<House> {
  const env = { OPENCODE_SECRET_KEY: secretKey, ...environment };
  const app = await startApp(t, { firstAgent: 'elad', ...flags }, env);
  const comeIn: House['comeIn'] = async (name, role) => {
    const client = await enter(t, app, { method: 'token', token: await tokenFor(name, role) });
    await client.nextOf('auth_success');
    return client;
  };
  const worker = await comeIn('worker', 'system');
  const program = { kind: 'demo', name: 'script', version: null, model: null, reason: 'for the test' };
  await request(worker, { type: 'worker_ready', worker_id: 'w1', program });
  let calls = 0;
  return {
    app,
    worker,
    comeIn,
    async work(by, more = {}) {
      by.send({ type: 'chat_message', text: '@elad add a footer', ...more });
      const assigned = await worker.next(
        ({ type, data }) => type === 'task_notification' && data.type === 'assigned',
      );
      const claim = await request(worker, { type: 'claim_task', task_id: assigned.data.task_id });
      return claim.data.task as Task;
    },
    async wants({ task_id }, more = {}) {
      calls += 1;
      const action = { tool: 'execute', title: 'ls', command: 'ls', input: null, paths: [], diff: '' };
      const call = { type: 'request_approval', task_id, call_id: `c${calls}`, ...action, ...more };
      return (await request(worker, call)).data as unknown as Awaited<ReturnType<House['wants']>>;
    },
  };
}
