import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { agentStatus, chatMessage, furnish, taskNotification } from '../../test/support/chat-script.ts';
import { type Cli, openCli } from '../../test/support/cli-process.ts';
import { type FakeServer, startFakeServer } from '../../test/support/fake-server.ts';
import { closeCodes } from '../protocol/index.ts';

let server: FakeServer;
let cli: Cli;
const run: Cli['run'] = (...args) => cli.run(...args);

beforeEach(async () => {
  server = await startFakeServer();
  furnish(server, [chatMessage(1, 'bob', 'said before')]);
  cli = openCli({ OPENCODE_SLACK_SERVER: server.url, OPENCODE_SLACK_TOKEN: 'secret' });
});

afterEach(async () => {
  await cli.close();
  await server.stop();
});

test('hire hires, with a role of several words, and says so', async () => {
  const { code, output } = await run(['hire', 'dev-2', 'backend', 'developer', '--smartness', 'smart']).ended;
  assert.deepEqual([code, output], [0, 'Hired dev-2 as backend developer (normal).\n']);
  const { fields } = await server.frame('hire_agent');
  const asked = { name: 'dev-2', role: 'backend developer', smartness: 'smart', known_role: true };
  assert.deepEqual(fields, asked);
  assert.equal(server.frames[0]?.fields.token, 'secret');
});

test('hire takes the level of the model as the last word of the role', async () => {
  const { code } = await run(['hire', 'eva', 'developer', 'smart']).ended;
  assert.equal(code, 0);
  const { fields } = await server.frame('hire_agent');
  assert.deepEqual(fields, { name: 'eva', role: 'developer', smartness: 'smart', known_role: true });
});

test('ask sends nothing when there is no such agent', async () => {
  server.answer('get_agent_status', () => ({
    type: 'error',
    code: 'unknown_agent',
    message: 'No agent is called "x".',
  }));
  const { code, output } = await run(['ask', 'x', 'where', 'is', 'it?']).ended;
  assert.deepEqual([code, output], [1, 'No agent is called "x".\n']);
  assert.ok(!server.frames.some(({ type }) => type === 'chat_message'));
});

test('what the server refuses is one sentence and exit code 1', async () => {
  server.answer('fire_agent', () => ({
    type: 'error',
    code: 'unknown_agent',
    message: 'No agent is called\u001b[31m x.',
  }));
  const { code, output } = await run(['fire', 'x']).ended;
  assert.deepEqual([code, output], [1, 'No agent is called x.\n']);
});

test('status and employees are tables', async () => {
  const status = await run(['status']).ended;
  assert.equal(status.output, 'elad  developer  idle\nConnected: ann, bob\n');
  const employees = await run(['employees']).ended;
  assert.match(employees.output, /^elad {2}developer {2}normal {2}since 2026-11-2\d\n$/);
});

test('what an agent did is a table, the newest first', async () => {
  const task = { agent_name: 'elad', kind: 'work', requested_by: 'bob', conversation_id: 'main' };
  const times = { created_at: '2026-11-22T12:00:00.000Z', started_at: null, ended_at: null };
  server.answer('get_agent_tasks', ({ fields }) => {
    assert.equal(fields.agent_name, 'elad');
    const done = { task_id: 't2', status: 'completed', message_id: 57, thread_id: null, reason: null };
    const failed = { task_id: 't1', status: 'failed', message_id: null, thread_id: null, reason: 'No.' };
    const tasks = [
      { ...task, ...times, ...done, description: 'paint\u001b[31m it' },
      { ...task, ...times, ...failed, description: 'dig' },
    ];
    return { type: 'ack', data: { tasks, has_more: false } };
  });
  const { output } = await run(['tasks', 'elad']).ended;
  assert.match(output, /^2026-11-2\d \d\d:\d\d {2}completed {2}from bob {2}#57 {2}paint it\n/);
  assert.match(output, /\n2026-11-2\d \d\d:\d\d {2}failed {5}from bob {7}dig\n$/);
});

test('what agents wanted to hand over is offered with its number, and gone on with', async () => {
  const handover = { requested_by: 'elad', agent_name: 'dana', kind: 'work', description: 'paint it' };
  const metadata = { kind: 'chain_paused', handover };
  server.answer('go_on', () => ({ type: 'error', code: 'queue_full', message: 'dana has enough to do.' }));
  const chat = run(['chat']);
  await chat.says(/said before/);
  const paused = chatMessage(57, 'system', 'It pauses.', { metadata });
  server.broadcast({ type: 'chat_message', data: paused });
  await chat.says(/\/go-on 57\n/);
  chat.type('/go-on #57');
  await chat.says(/dana has enough to do\./);
  assert.deepEqual((await server.frame('go_on')).fields, { message_id: 57 });
  chat.endOfInput();
  await chat.ended;
});

test('ask, send and assign pass on that agents only look and answer', async () => {
  server.answer('assign_task', () => ({ type: 'error', code: 'queue_full', message: 'Enough to do.' }));
  assert.equal((await run(['ask', '@elad', 'why', 'grey?']).ended).output, 'Sent.\n');
  await run(['send', '--read-only', '@elad', 'why?']).ended;
  await run(['assign', 'elad', '--read-only', 'why?']).ended;
  const said = server.frames.filter(({ type }) => type === 'chat_message');
  assert.deepEqual(
    said.map(({ fields }) => [fields.text, fields.read_only]),
    [
      ['@elad why grey?', true],
      ['@elad why?', true],
    ],
  );
  const assigned = await server.frame('assign_task');
  assert.deepEqual([assigned.fields.task, assigned.fields.kind], ['why?', 'question']);
});

test('send says it, and passes on what the server noticed', async () => {
  server.answer('chat_message', ({ fields }, socket) => {
    const data = { code: 'wakes_nobody', message: 'This woke nobody.', agents: [], conversation_id: 'main' };
    socket.send({ type: 'notice', data });
    return { type: 'ack', data: { message: chatMessage(2, 'ann', String(fields.text)) } };
  });
  const { code, output } = await run(['send', 'hello', 'all']).ended;
  assert.deepEqual([code, output], [0, 'Sent.\nNote: This woke nobody.\n']);
});

test('link asks the server for one, and prints it', async () => {
  server.answerHttp(() => ({
    status: 200,
    body: {
      ...{ link: 'http://x/#code=1', telegram_link: 'https://t.me/a_bot?start=1' },
      expires_at: '2026-11-22T21:00:00.000Z',
    },
  }));
  const { output } = await run(['link', '--user', 'bob', '--role', 'viewer']).ended;
  assert.match(output, /^http:\/\/x\/#code=1\nOr, for a Telegram account: https:\/\/t\.me\/a_bot\?start=1\n/);
  assert.deepEqual(server.httpRequests, [
    {
      method: 'POST',
      path: '/auth/links',
      authorization: 'Bearer secret',
      body: { user_id: 'bob', role: 'viewer' },
    },
  ]);
});

test('link tells why there is none', async () => {
  server.answerHttp(() => ({
    status: 403,
    body: { error: 'Your role is not allowed to make sign-in links.' },
  }));
  const { code, output } = await run(['link']).ended;
  assert.deepEqual([code, output], [1, 'Your role is not allowed to make sign-in links.\n']);
});

test('no server, a server that is gone, and a refused token each have their sentence', async () => {
  const none = await run(['status'], { OPENCODE_SLACK_SERVER: '', OPENCODE_SLACK_TOKEN: '' }).ended;
  assert.deepEqual(
    [none.code, none.output],
    [1, 'No running server found. Start one: opencode-slack server\n'],
  );
  const gone = await run(['chat'], { OPENCODE_SLACK_SERVER: 'ws://127.0.0.1:1' }).ended;
  assert.equal(gone.code, 1);
  assert.match(gone.output, /No server answers at ws:\/\/127\.0\.0\.1:1/);
  server.answer('auth', (_, socket) => {
    socket.send({ type: 'error', code: 'auth_failed', message: 'That token has expired.' });
    socket.close(closeCodes.authFailed.code);
    return undefined;
  });
  const refused = await run(['status']).ended;
  assert.deepEqual(
    [refused.code, refused.output],
    [1, 'The server refused the sign-in: That token has expired.\n'],
  );
});

test('chat shows what was said, what is said, and what agents do', async () => {
  const chat = run(['chat']);
  await chat.says(/bob {2}said before[\s\S]*You are ann/);
  chat.type('@elad add a gradient');
  await chat.says(/ann {2}@elad add a gradient/);
  server.broadcast({ type: 'agent_status_update', data: agentStatus('working') });
  await chat.says(/elad: working/);
  server.broadcast({ type: 'task_notification', data: taskNotification('started', 40) });
  await chat.says(/● elad 40 % {2}Add a gradient background/);
  const changes = [
    {
      path: 'index.html',
      change: 'modified',
      diff: '-old\n+new',
      added_lines: 1,
      removed_lines: 1,
      attributed: true,
    },
  ];
  server.broadcast({
    type: 'chat_message',
    data: chatMessage(9, 'elad', 'Done.', { metadata: { kind: 'task_completed', changes } }),
  });
  await chat.says(/elad {2}Done\.\n {12}index\.html {2}modified {2}\+1 -1\n {12}-old\n {12}\+new\n/);
  chat.endOfInput();
  const { code, output } = await chat.ended;
  assert.equal(code, 0);
  assert.match(output, /Goodbye!\n$/);
  assert.ok(!output.includes('\u001b'));
});

test('chat commands start with a slash', async () => {
  const chat = run(['chat']);
  await chat.says(/You are ann/);
  chat.type('/hire dev-2 quality assurance smart');
  await chat.says(/dev-2 was hired as quality assurance/);
  assert.equal((await server.frame('hire_agent')).fields.smartness, 'smart');
  chat.type('/assign elad');
  await chat.says(/Usage: \/assign NAME TASK/);
  chat.type('/nonsense');
  await chat.says(/Unknown command: \/nonsense/);
  chat.type('/help');
  await chat.says(/\/employees/);
  chat.type('/quit');
  assert.equal((await chat.ended).code, 0);
});

test('after a dropped link chat says so, and shows what it is told that it missed', async () => {
  const chat = run(['chat']);
  await chat.says(/You are ann/);
  server.replay({ type: 'chat_message', data: chatMessage(3, 'bob', 'said meanwhile'), position: 3 });
  for (const socket of server.sockets) socket.drop();
  await chat.says(/connection was lost[\s\S]*Connected again. Nothing was missed[\s\S]*said meanwhile/);
  chat.endOfInput();
  await chat.ended;
  assert.equal(server.frames.filter(({ type }) => type === 'get_chat_history').length, 1);
});

test('after a dropped link chat says so, comes back, and shows what was missed once', async () => {
  const chat = run(['chat']);
  await chat.says(/You are ann/);
  furnish(server, [chatMessage(1, 'bob', 'said before'), chatMessage(2, 'bob', 'said meanwhile')]);
  for (const socket of server.sockets) socket.drop();
  await chat.says(/connection was lost[\s\S]*Connected again[\s\S]*said meanwhile/);
  chat.endOfInput();
  const { output } = await chat.ended;
  assert.equal(output.match(/said before/g)?.length, 1);
});

test('lines piped in are all said before it leaves', async () => {
  const chat = run(['chat']);
  chat.type('one');
  chat.type('two');
  chat.endOfInput();
  assert.equal((await chat.ended).code, 0);
  const said = server.frames.filter(({ type }) => type === 'chat_message').map(({ fields }) => fields.text);
  assert.deepEqual(said, ['one', 'two']);
});

test('with nothing to say chat shows the room and leaves', async () => {
  const chat = run(['chat']);
  chat.endOfInput();
  const { code, output } = await chat.ended;
  assert.equal(code, 0);
  assert.match(output, /said before[\s\S]*Goodbye!/);
});

test('a signal ends chat politely', async () => {
  const chat = run(['chat']);
  await chat.says(/You are ann/);
  chat.child.kill('SIGINT');
  const { code, output } = await chat.ended;
  assert.equal(code, 0);
  assert.match(output, /Goodbye!/);
});
