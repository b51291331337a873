import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { developer } from '../support/raw-client.ts';
import { ask, type BrowserHeaders, invite, redeem } from '../support/sign-in.ts';

/** Lists by REST: what one may see is looked for, and every list has pages. */

type Tasks = { tasks: { task_id: string; agent_name: string; status: string }[]; has_more: boolean };

test('whoever may see 1 of 200 tasks finds it on the first page', async (t) => {
  const app = await startApp(t, { rateLimitFactor: '100' });
  const olga = await redeem(app, app.signInLink);
  const anna = await invite(app, olga, 'anna');
  const given = async (headers: BrowserHeaders, task: string, name = 'elad') => {
    const { answer, status } = await ask(app, 'POST', '/tasks', { body: { name, task }, headers });
    assert.equal(status, 200, JSON.stringify(answer));
    return String(answer.session_id);
  };
  const list = async (headers: BrowserHeaders, query = '') =>
    (await ask(app, 'GET', `/tasks${query}`, { headers })).answer as unknown as Tasks;
  const seen = await given(anna, 'seen by all');
  await ask(app, 'DELETE', '/tasks/elad', { headers: olga });
  const room = { title: 'secret', private: true, members: ['elad'] };
  const made = await ask(app, 'POST', '/conversations', { body: room, headers: olga });
  const { conversation_id } = made.answer.conversation as { conversation_id: string };
  for (let n = 0; n < 199; n += 1) {
    const body = { message: `@elad fix number ${n}`, conversation_id };
    await ask(app, 'POST', '/chat/send', { body, headers: olga });
    await taskWaits();
    await ask(app, 'DELETE', '/tasks/elad', { headers: olga });
  }
  const annas = await list(anna, '?limit=1');
  assert.deepEqual([annas.tasks.map(({ task_id }) => task_id), annas.has_more], [[seen], false]);
  const first = await list(olga, '?limit=150');
  const second = await list(olga, `?limit=150&before=${first.tasks.at(-1)?.task_id}`);
  assert.deepEqual(
    [first.tasks.length, first.has_more, second.tasks.length, second.has_more],
    [150, true, 50, false],
  );
  assert.equal(new Set([...first.tasks, ...second.tasks].map(({ task_id }) => task_id)).size, 200);
  assert.equal((await list(olga, '?status=active')).tasks.length, 0);
  assert.equal((await list(olga, '?status=ended&agent_name=ELAD&limit=200')).tasks.length, 200);
  assert.equal((await list(olga, '?agent_name=nobody')).tasks.length, 0);
  const hidden = await ask(app, 'GET', `/tasks?before=${first.tasks[0]?.task_id}`, { headers: anna });
  assert.deepEqual([hidden.status, hidden.answer.code], [404, 'not_found']);

  /** A mention becomes a task a moment later. */
  async function taskWaits(): Promise<void> {
    await eventually(async () => (await list(olga, '?limit=1&status=assigned')).tasks[0], 'task');
  }
});

test('every list has pages, which together are the whole list', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const olga = await redeem(app, app.signInLink);
  for (const name of ['ana', 'bob', 'cyd', 'dan']) {
    await ask(app, 'POST', '/employees', { body: { name, role: 'designer' } });
    await ask(app, 'POST', '/conversations', { body: { title: `room ${name}` }, headers: olga });
    await ask(app, 'POST', '/files/lock', {
      body: { name: 'elad', files: [`${name}.txt`], description: 'x' },
    });
    await ask(app, 'POST', '/employees/elad/memory', { body: { topic: 'colours', text: name } });
    await developer(t, app.webSocketUrl, `user-${name}`);
  }
  for (const name of ['k1', 'k2', 'k3']) {
    await ask(app, 'POST', '/keys', { body: { name }, headers: olga });
    const token = { user_id: name, lifetime_ms: 60_000 };
    await ask(app, 'POST', '/tokens', { body: token, headers: olga });
  }
  const lists = {
    '/employees': 'employees',
    '/conversations': 'conversations',
    '/files': 'files',
    '/keys': 'keys',
    '/tokens': 'tokens',
    '/roles': 'roles',
    '/websocket/users': 'connected_users',
    '/employees/elad/memory': 'notes',
  };
  for (const [path, name] of Object.entries(lists)) {
    const read = async (query: string) => {
      const { status, answer } = await ask(app, 'GET', path + query, { headers: olga });
      assert.equal(status, 200, `${path}${query}: ${JSON.stringify(answer)}`);
      return { items: answer[name] as unknown[], next: answer.next_cursor as string | null };
    };
    const whole = await read('');
    assert.ok(whole.items.length >= 3, path);
    assert.equal(whole.next, null, path);
    const paged: unknown[] = [];
    let { items, next } = await read('?limit=2');
    for (;;) {
      assert.ok(items.length <= 2, path);
      paged.push(...items);
      if (next === null) break;
      ({ items, next } = await read(`?limit=2&cursor=${next}`));
    }
    assert.deepEqual(paged, whole.items, path);
    const wrong = await ask(app, 'GET', `${path}?cursor=nonsense`, { headers: olga });
    assert.deepEqual([wrong.status, /"cursor"/.test(wrong.answer.error ?? '')], [400, true], path);
  }
});
