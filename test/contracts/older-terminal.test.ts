import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunningApp } from '../../src/app.ts';
import { startApp } from '../support/app.ts';
import { developer, type RawClient } from '../support/raw-client.ts';
import { differences } from '../support/shapes.ts';
import { type OlderRequest, olderMistakes, olderRequests } from './older-answers.ts';

/** The older terminal client against the real server, in development mode, which it has no credential for. */

/** As its HTTP library sends it. */
async function send(app: RunningApp, { method, path, body }: Pick<OlderRequest, 'method' | 'path' | 'body'>) {
  const response = await fetch(`${app.httpUrl}${path}`, {
    method,
    headers: {
      accept: '*/*',
      'user-agent': 'python-requests/2.28',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

async function request(client: RawClient, command: { type: string; [field: string]: unknown }) {
  const request_id = `${command.type} ${client.frames.length}`;
  client.send({ ...command, request_id });
  const reply = await client.ever((frame) => frame.request_id === request_id);
  assert.notEqual(reply.type, 'error', JSON.stringify(reply));
  return reply;
}

/** The worker takes what alice was given, and tells how far she is. */
async function work(worker: RawClient): Promise<void> {
  const { data } = await request(worker, { type: 'get_active_tasks' });
  const [task_id] = Object.keys(data);
  await request(worker, { type: 'claim_task', task_id });
  const plan = [{ content: 'Look for the cause', status: 'in_progress' }];
  const tools = [{ id: '1', title: 'edit', kind: 'edit', status: 'in_progress', paths: ['src/a.ts'] }];
  await request(worker, { type: 'report_progress', task_id, progress: 50, plan, tools });
}

test('every command of the older terminal client has the answer that it reads', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  await request(anna, { type: 'chat_message', text: 'hello' });
  const worker = await developer(t, app.webSocketUrl, 'worker', 'system');
  const program = { kind: 'demo', name: 'demo', version: null, model: null, reason: 'a test' };
  await request(worker, { type: 'worker_ready', worker_id: 'w1', program });

  for (const asked of olderRequests) {
    if (asked.afterWork) await work(worker);
    const { status, answer } = await send(app, asked);
    const what = `${asked.command}: ${asked.method} ${asked.path}`;
    assert.equal(status, 200, `${what}: ${JSON.stringify(answer)}`);
    // Answers have no keys that OpenAPI does not tell of; how many more than these, is ours to say.
    const wrong = differences(answer, asked.answer, what).filter((found) => !found.endsWith('is not known'));
    assert.deepEqual(wrong, []);
  }
});

test('what it cannot have is refused with a sentence in `error`', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  for (const { status: expected, ...asked } of olderMistakes) {
    const { status, answer } = await send(app, asked);
    const what = `${asked.method} ${asked.path}: ${JSON.stringify(answer)}`;
    assert.equal(status, expected, what);
    assert.ok(typeof answer.error === 'string' && answer.error.length > 10, what);
  }
});

test('OpenAPI tells of every request that older clients make', async (t) => {
  const app = await startApp(t, { developmentMode: true });
  const { answer } = await send(app, { method: 'GET', path: '/openapi.json' });
  const paths = answer.paths as Record<string, Record<string, { responses: Record<string, unknown> }>>;
  const untold = olderRequests.filter(({ method, path }) => {
    const route = path.replace(/\?.*/, '').replace(/\/alice$/, '/{name}');
    return paths[route]?.[method.toLowerCase()]?.responses['200'] === undefined;
  });
  assert.deepEqual(untold, []);
});
