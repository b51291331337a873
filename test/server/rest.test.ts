import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApp } from '../support/app.ts';
import { rawClient } from '../support/raw-client.ts';

const json = { 'content-type': 'application/json' };

/** Every field that some answer here has. */
interface Body {
  page_secret: string;
  message: string;
  error: string;
  code: string;
  notice: string;
  user_id: string;
  role: string;
  link: string;
  session_id: string;
  employees: { name: string; hired_at: string }[];
  messages: { text: string; sender: string }[];
  active_sessions: object;
  chat_statistics: { total_agents: number };
  paths: Record<string, { post: object }>;
}

async function call(url: string, method = 'GET', body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : json), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}

test('a sign-in link works once; its cookie and page secret open REST and the WebSocket', async (t) => {
  const app = await startApp(t);
  const code = new URL(app.signInLink).hash.replace('#code=', '');
  const first = await call(`${app.httpUrl}/auth/exchange`, 'POST', { code });
  assert.deepEqual([first.status, first.body.user_id, first.body.role], [200, 'olga', 'admin']);
  const setCookie = first.headers.get('set-cookie') ?? '';
  assert.match(setCookie, /HttpOnly/);
  assert.match(setCookie, /SameSite=Strict/);
  const again = await call(`${app.httpUrl}/auth/exchange`, 'POST', { code });
  assert.deepEqual([again.status, again.body.code], [401, 'auth_failed']);
  const headers = { cookie: setCookie.split(';')[0] ?? '', 'x-page-secret': first.body.page_secret };
  assert.equal((await call(`${app.httpUrl}/auth/me`, 'GET', undefined, headers)).body.user_id, 'olga');
  const client = await rawClient(t, `${app.httpUrl.replace('http', 'ws')}/ws`, { cookie: headers.cookie });
  client.send({ type: 'auth', method: 'session', page_secret: first.body.page_secret });
  assert.equal((await client.nextOf('auth_success')).user_id, 'olga');
  await call(`${app.httpUrl}/auth/logout`, 'POST', {}, headers);
  assert.equal((await call(`${app.httpUrl}/auth/me`, 'GET', undefined, headers)).status, 401);
});

test('an admin makes links for others; a link also signs a terminal in over the WebSocket', async (t) => {
  const app = await startApp(t);
  const ownerCode = new URL(app.signInLink).hash.replace('#code=', '');
  const owner = await rawClient(t, app.webSocketUrl);
  owner.send({ type: 'auth', method: 'link', code: ownerCode });
  const token = String((await owner.nextOf('auth_success')).session_token);
  const authorization = `Bearer ${token}`;
  const made = await call(
    `${app.httpUrl}/auth/links`,
    'POST',
    { user_id: 'anna', role: 'developer' },
    { authorization },
  );
  const anna = await rawClient(t, app.webSocketUrl);
  anna.send({ type: 'auth', method: 'link', code: new URL(made.body.link).hash.replace('#code=', '') });
  const success = await anna.nextOf('auth_success');
  assert.deepEqual([success.user_id, success.role], ['anna', 'developer']);
  const annas = { authorization: `Bearer ${success.session_token}` };
  const refused = await call(`${app.httpUrl}/auth/links`, 'POST', { user_id: 'eve', role: 'admin' }, annas);
  assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden']);
});

test('hire, list, assign, stop and fire by REST, in the older words', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const hired = await call(`${app.httpUrl}/employees`, 'POST', { name: 'Dev-2', role: 'designer' });
  assert.equal(hired.body.message, 'Successfully hired dev-2 as designer with normal smartness');
  const taken = await call(`${app.httpUrl}/employees`, 'POST', { name: 'dev-2', role: 'designer' });
  assert.deepEqual([taken.status, taken.body.code], [400, 'name_taken']);
  const bad = await call(`${app.httpUrl}/employees`, 'POST', { name: 'a b', role: 'x' });
  assert.deepEqual([bad.status, bad.body.code], [400, 'name_invalid']);
  const missing = await call(`${app.httpUrl}/employees`, 'POST', { name: 'x' });
  assert.equal(missing.status, 400);
  assert.match(missing.body.error, /role/);
  const { employees } = (await call(`${app.httpUrl}/employees`)).body;
  assert.deepEqual(
    employees.map((employee) => employee.name),
    ['dev-2', 'elad'],
  );
  assert.match(employees[0]?.hired_at ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  const task = await call(`${app.httpUrl}/tasks`, 'POST', {
    name: 'newbie',
    task: 'add a footer',
    model: null,
  });
  assert.equal(task.body.message, 'Started task for newbie');
  assert.match(task.body.session_id, /^newbie_\d+/);
  const stopped = await call(`${app.httpUrl}/tasks/newbie`, 'DELETE');
  assert.equal(stopped.body.message, 'Stopped task for newbie');
  const nothing = await call(`${app.httpUrl}/tasks/newbie`, 'DELETE');
  assert.deepEqual([nothing.status, nothing.body.message], [200, 'newbie has no task to stop.']);
  assert.equal(
    (await call(`${app.httpUrl}/employees/newbie`, 'DELETE')).body.message,
    'Successfully fired newbie',
  );
  const unknown = await call(`${app.httpUrl}/employees/newbie`, 'DELETE');
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'unknown_agent']);
  const status = (await call(`${app.httpUrl}/status`)).body;
  assert.deepEqual(status.active_sessions, {});
  assert.equal(status.chat_statistics.total_agents, 2);
});

test('a message by REST is in the chat, and its answer says whom it woke', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const sent = await call(`${app.httpUrl}/chat/send`, 'POST', { message: 'hello', sender: 'cli-user' });
  assert.equal(sent.body.message, 'Message sent successfully');
  assert.match(sent.body.notice, /No agent was mentioned/);
  const { messages } = (await call(`${app.httpUrl}/conversations/main/messages?limit=1`)).body;
  assert.deepEqual([messages[0]?.text, messages[0]?.sender], ['hello', 'cli-user']);
});

test('every answer has the security headers; the page needs no inline script', async (t) => {
  const app = await startApp(t);
  const response = await fetch(app.httpUrl);
  assert.match(response.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.doesNotMatch(await response.text(), /<script>/);
  const api = await call(`${app.httpUrl}/openapi.json`);
  assert.ok(api.body.paths['/employees']?.post);
  assert.equal((await call(`${app.httpUrl}/nothing`)).status, 404);
  assert.equal((await fetch(`${app.httpUrl}/docs/`)).status, 200);
});
