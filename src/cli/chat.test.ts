import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { chatMessage, conversationView, furnish } from '../../test/support/chat-script.ts';
import { type Cli, type CliProcess, openCli } from '../../test/support/cli-process.ts';
import { type FakeServer, fakeSelf, startFakeServer } from '../../test/support/fake-server.ts';

const backend = { conversation_id: 'c_backend' };
const direct = { kind: 'direct', private: true, members: ['ann', 'ruth'] };

let server: FakeServer;
let cli: Cli;
/** What was said before, over all conversations. */
let said: ReturnType<typeof chatMessage>[];

beforeEach(async () => {
  server = await startFakeServer();
  said = [
    chatMessage(1, 'bob', 'said in main'),
    chatMessage(2, 'bob', 'read before', backend),
    chatMessage(3, 'bob', 'not read yet', backend),
  ];
  furnish(server, said);
  server.answer('get_chat_history', ({ fields }) => {
    const { conversation_id = 'main', thread_id, replies } = fields;
    const messages = said.filter(
      (each) =>
        each.conversation_id === conversation_id &&
        (thread_id === undefined
          ? replies === true || each.thread_id === null
          : thread_id === (each.thread_id ?? each.id)),
    );
    return {
      type: 'chat_history',
      data: { conversation_id, messages, has_more: false, has_newer: false, following: [], tasks: [] },
    };
  });
  server.answer('get_conversations', () => ({
    type: 'conversations',
    data: {
      conversations: [
        conversationView('main', { last_read_id: 1 }),
        conversationView('backend', { last_read_id: 2, unread_count: 1 }),
        conversationView('design', { joined: false, members: ['bob'] }),
        conversationView('ruth', direct),
      ],
    },
  }));
  cli = openCli({ OPENCODE_SLACK_SERVER: server.url, OPENCODE_SLACK_TOKEN: 'secret' });
});

afterEach(async () => {
  await cli.close();
  await server.stop();
});

async function openChat(): Promise<CliProcess> {
  const chat = cli.run(['chat']);
  await chat.says(/You are ann/);
  return chat;
}

/** Ends it and gives back all that it printed. */
async function leave(chat: CliProcess): Promise<string> {
  chat.endOfInput();
  return (await chat.ended).output;
}

function hear(type: string, data: object): void {
  server.broadcast({ type, data });
}

/** Resolves when the chat has heard all that it was sent: what is typed then comes after it. */
async function heardAll(chat: CliProcess): Promise<void> {
  const message = `notice ${randomUUID()}`;
  hear('notice', { code: 'wakes_nobody', message, agents: [], conversation_id: 'main' });
  await chat.says(new RegExp(message));
}

test('going to a conversation shows where the new begins, marks it read, and is spoken in', async () => {
  const chat = await openChat();
  await chat.says(/Unread: #backend 1\n/);
  chat.type('/go backend');
  await chat.says(/── #backend ──\n.*\n.*read before\n── new ──\n.*not read yet/);
  const { fields } = await server.frame('mark_read');
  assert.deepEqual(fields, { ...backend, message_id: 3 });
  chat.type('said there');
  await chat.says(/ann {2}said there/);
  assert.equal((await server.frame('chat_message')).fields.conversation_id, 'c_backend');
  hear('chat_message', chatMessage(9, 'bob', 'and this', backend));
  assert.deepEqual((await server.frame('mark_read', 2)).fields, { ...backend, message_id: 9 });
  await leave(chat);
});

test('lines after a move are said where it went, also when all are piped in at once', async () => {
  const chat = cli.run(['chat']);
  for (const line of ['in main', '/go #backend', 'in backend', '/dm ruth in private']) chat.type(line);
  await leave(chat);
  const sent = server.frames.filter(({ type }) => type === 'chat_message');
  assert.deepEqual(
    sent.map(({ fields }) => [fields.text, fields.conversation_id]),
    [
      ['in main', 'main'],
      ['in backend', 'c_backend'],
      ['in private', 'c_ruth'],
    ],
  );
});

test('elsewhere, mentions and direct messages show in a line; the rest is counted', async () => {
  const chat = await openChat();
  hear('chat_message', chatMessage(10, 'bob', 'just so', backend));
  hear('chat_message', chatMessage(11, 'bob', '@ann\nplease', { ...backend, mentions: ['ann'] }));
  hear('chat_message', chatMessage(12, 'ruth', 'psst\u001b[2J', { conversation_id: 'c_ruth' }));
  await chat.says(/#11 \[#backend\] bob {2}@ann please\n.*#12 \[@ruth\] ruth {2}psst\n/);
  chat.type('/channels');
  await chat.says(
    /\* {2}#main +everybody\n {3}#backend {2}3 unread, 1 for you {2}2 members\n {3}@ruth +1 unread\n/,
  );
  hear('messages_removed', { ...backend, ids: [10] });
  await heardAll(chat);
  chat.type('/channels');
  await chat.says(/#backend {2}2 unread, 1 for you/);
  hear('read_update', { ...backend, last_read_id: 12, unread_count: 0, mention_count: 0 });
  await heardAll(chat);
  chat.type('/channels');
  await chat.says(/#backend +2 members\n/);
  const output = await leave(chat);
  assert.ok(!output.includes('just so') && !output.includes('\u001b'));
});

test('channels are archived and deleted by their names, and what others end is told', async () => {
  const chat = await openChat();
  const design = conversationView('design', { members: ['bob', 'ann'] });
  hear('conversation_update', design);
  await heardAll(chat);
  chat.type('/archive #design');
  assert.deepEqual((await server.frame('archive_conversation')).fields, {
    conversation_id: 'c_design',
    on: true,
  });
  hear('conversation_update', { ...design, archived_at: '2026-11-30T12:00:00.000Z' });
  await heardAll(chat);
  chat.type('/channels');
  await chat.says(/#design +archived\n/);
  chat.type('/unarchive design');
  assert.equal((await server.frame('archive_conversation', 2)).fields.on, false);
  chat.type('/delete-channel');
  await chat.says(/\/delete-channel NAME/);
  chat.type('/delete-channel design');
  assert.equal((await server.frame('delete_conversation')).fields.conversation_id, 'c_design');
  hear('conversation_deleted', { conversation_id: 'c_design', deleted_by: 'bob', timestamp: '' });
  await chat.says(/bob deleted #design\./);
  await leave(chat);
});

test('conversations come, are joined, and go', async () => {
  const conversation = conversationView('design', { members: ['bob', 'ann'] });
  server.answer('join_conversation', () => {
    hear('conversation_update', conversation);
    return { type: 'ack', data: { conversation } };
  });
  const chat = await openChat();
  hear('conversation_update', conversationView('ideas\u001b]0;x\u0007', { members: ['bob'] }));
  await chat.says(/bob created #ideas: \/join #ideas/);
  chat.type('/join design');
  await chat.says(/You are in #design now\.[\s\S]*── #design ──\n.*Nothing was said here yet/);
  hear('conversation_update', conversationView('design', { members: ['bob', 'ann', 'ruth'] }));
  await chat.says(/ruth joined #design/);
  hear('conversation_left', { conversation_id: 'c_design' });
  await chat.says(/You are in #design no longer\.\n── #main ──[\s\S]*said in main/);
  chat.type('back in main');
  assert.equal((await server.frame('chat_message')).fields.conversation_id, 'main');
  await leave(chat);
});

test('replies, edits, deletions, reactions and pins of what was shown are told', async () => {
  const chat = await openChat();
  hear('chat_message', chatMessage(20, 'bob', 'shall we?'));
  hear('chat_message', chatMessage(21, 'ruth', 'yes', { thread_id: 20 }));
  await chat.says(/ {2}#20 bob {2}shall we\?\n.* {2}#21 {3}↳ #20 ruth {2}yes\n/);
  hear('message_edited', chatMessage(20, 'bob', 'shall we now?', { edited_at: '2026-11-22T20:22:00.000Z' }));
  hear('reaction_update', { message_id: 20, conversation_id: 'main', emoji: '👍', member: 'ruth', on: true });
  const timestamp = '2026-11-22T20:22:00.000Z';
  hear('message_pinned', { message_id: 21, conversation_id: 'main', on: true, member: 'bob', timestamp });
  hear('message_deleted', { id: 21, conversation_id: 'main', thread_id: 20, deleted_by: 'ruth', timestamp });
  hear('message_deleted', { id: 3, ...backend, thread_id: null, deleted_by: 'bob', timestamp });
  await chat.says(/✎ bob edited #20: shall we now\?\n.*👍 ruth on #20 “shall we now\?”\n/);
  await chat.says(/ruth on #20.*\n.*bob pinned #21 “yes”\n.*✗ ruth deleted #21 “yes”\n/);
  // The count of what was loaded is asked for anew.
  await server.frame('get_conversations', 2);
  assert.ok(!(await leave(chat)).includes('deleted #3'));
});

test('messages are named by their ids: replies, edits, reactions, pins', async () => {
  for (const type of ['edit_message', 'react', 'pin_message', 'delete_message']) {
    server.answer(type, () => ({ type: 'error', code: 'unknown_message', message: `No message: ${type}.` }));
  }
  const chat = await openChat();
  hear('chat_message', chatMessage(30, 'bob', 'in backend', { ...backend, mentions: ['ann'] }));
  await chat.says(/\[#backend\] bob {2}in backend/);
  chat.type('/reply 30 an answer');
  const reply = await server.frame('chat_message');
  assert.deepEqual([reply.fields.thread_id, reply.fields.conversation_id], [30, 'c_backend']);
  chat.type('my last');
  await chat.says(/ann {2}my last/);
  const last = Number(/#(\d+) ann {2}my last/.exec(chat.output())?.[1]);
  chat.type('/edit my very last');
  assert.deepEqual((await server.frame('edit_message')).fields, { message_id: last, text: 'my very last' });
  await chat.says(/No message: edit_message\./);
  chat.type('/edit #7 seven');
  assert.deepEqual((await server.frame('edit_message', 2)).fields, { message_id: 7, text: 'seven' });
  chat.type('/react 30 👍');
  assert.deepEqual((await server.frame('react')).fields, { message_id: 30, emoji: '👍', on: true });
  hear('reaction_update', { ...backend, message_id: 30, emoji: '👍', member: 'ann', on: true });
  await heardAll(chat);
  chat.type('/react 30 👍');
  assert.equal((await server.frame('react', 2)).fields.on, false);
  chat.type('/unpin 30');
  assert.deepEqual((await server.frame('pin_message')).fields, { message_id: 30, on: false });
  chat.type('/delete thirty');
  await chat.says(/Usage: \/delete ID/);
  await leave(chat);
});

test('a thread is shown as a whole, with unread replies among what is new', async () => {
  said.push(chatMessage(4, 'ruth', 'a reply', { ...backend, thread_id: 2 }));
  const [, root] = said;
  server.answer('get_followed_threads', () => ({
    type: 'ack',
    data: { threads: [{ message: root, last_reply_id: 4, unread_count: 1 }], tasks: [] },
  }));
  const chat = await openChat();
  chat.type('/go backend');
  await chat.says(/── new ──\n.*not read yet\n.*#4 {3}↳ #2 ruth {2}a reply\n/);
  assert.equal((await server.frame('mark_read')).fields.message_id, 4);
  chat.type('/thread 2');
  await chat.says(/#2 bob {2}read before\n.*#4 {3}↳ #2 ruth {2}a reply\nAnswer there: \/reply 2 TEXT/);
  await leave(chat);
});

test('coming in shows what became of requests, each report with the words of its request', async () => {
  const report = { sender_kind: 'agent', thread_id: 1, reply_to: 1 };
  said.push(chatMessage(4, 'bob', 'something else'), chatMessage(5, 'elad', 'It is blue.', report));
  const chat = await openChat();
  await chat.says(/#4 bob {2}something else\n.*#5 {3}↳ #1 “said in main” elad {2}It is blue\.\n/);
  chat.type('/history 5');
  await chat.says(/It is blue[\s\S]*#5 {3}↳ #1 “said in main” elad {2}It is blue\.\n/);
  hear('chat_message', chatMessage(6, 'elad', 'And green.', report));
  await chat.says(/#6 {3}↳ #1 elad {2}And green\.\n/);
  await leave(chat);
});

test('an agent is asked only to look by /ask; a reply names the message it is for', async () => {
  const chat = await openChat();
  chat.type('/ask @elad why is it grey?');
  const asked = await server.frame('chat_message');
  assert.deepEqual([asked.fields.text, asked.fields.read_only], ['@elad why is it grey?', true]);
  await chat.says(/ann {2}@elad why is it grey\?/);
  chat.type('/ask elad and now?');
  assert.equal((await server.frame('chat_message', 2)).fields.text, '@elad and now?');
  chat.type('/ask');
  await chat.says(/Usage: \/ask @NAME TEXT/);
  hear('chat_message', chatMessage(40, 'bob', '@elad look', { metadata: { read_only: true } }));
  await chat.says(/#40 bob {2}@elad look \(read-only\)\n/);
  chat.type('/reply 41 in blue');
  const reply = await server.frame('chat_message', 3);
  assert.deepEqual(
    [reply.fields.thread_id, reply.fields.reply_to, reply.fields.read_only],
    [41, 41, undefined],
  );
  await leave(chat);
});

test('told things that were taken back are said', async () => {
  const chat = await openChat();
  const metadata = {
    ...{ model: null, mode: 'build', kind: 'work', requested_by: 'ann', conversation_id: 'main' },
    ...{ message_id: 1, indeterminate: false, withdrawn_steers: ['m-7'] },
  };
  hear('task_notification', {
    ...{ type: 'steered', agent_name: 'elad', task_id: 't1', task_description: 'paint', progress: 0 },
    ...{ timestamp: '2026-11-22T20:22:00.000Z', metadata },
  });
  await chat.says(/elad had not read that yet, and is not told it any more/);
  await leave(chat);
});

test('what is typed offline is kept, and sent once', async () => {
  const chat = await openChat();
  const letIn = offline();
  for (const socket of server.sockets) socket.drop();
  await chat.says(/connection was lost/);
  chat.type('/go backend');
  chat.type('typed offline');
  await chat.says(/Kept until the link is back: typed offline/);
  letIn();
  await chat.says(/Connected again[\s\S]*not read yet[\s\S]*ann {2}typed offline/);
  await leave(chat);
  const sent = server.frames.filter(({ type }) => type === 'chat_message');
  assert.deepEqual(
    sent.map(({ fields }) => [fields.text, fields.conversation_id]),
    [['typed offline', 'c_backend']],
  );
});

test('who leaves offline is told what was not sent', async () => {
  const chat = await openChat();
  offline();
  for (const socket of server.sockets) socket.drop();
  await chat.says(/connection was lost/);
  chat.type('typed offline');
  await chat.says(/Kept until the link is back/);
  chat.type('/quit');
  const { code, output } = await chat.ended;
  assert.equal(code, 0);
  assert.match(output, /Not sent: typed offline\nGoodbye!\n$/);
});

/** Lets nobody in until what it gives back is called. */
function offline(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.answer('auth', async () => {
    await promise;
    return { type: 'auth_success', ...fakeSelf };
  });
  return resolve;
}

test('files are held, asked for, handed over and put back by commands', async () => {
  const lock = {
    lock_id: 1,
    path: 'src',
    kind: 'folder',
    holder: 'elad',
    task_id: 't1',
    reason: 'the page',
    locked_at: '2026-01-02T12:00:00.000Z',
    expires_at: '2026-01-02T13:00:00.000Z',
  };
  const request = {
    lock_request_id: 7,
    path: 'a.ts',
    kind: 'file',
    requester: 'ruth',
    task_id: null,
    holder: 'ann',
    reason: 'a typo',
    status: 'pending',
    requested_at: lock.locked_at,
    resolved_at: null,
    resolved_by: null,
  };
  const change = {
    change_id: 12,
    path: 'a.ts',
    change: 'modified',
    by: 'elad',
    during: [],
    via: 'command',
    task_id: 't1',
    tool_call_id: null,
    before_hash: 'a'.repeat(64),
    after_hash: null,
    before_mode: 420,
    held_by: 'ann',
    kept: true,
    put_back_by: null,
    put_back_at: null,
    at: lock.locked_at,
  };
  const ack = (data: object) => () => ({ type: 'ack', data });
  server.answer('get_locks', ack({ locks: [lock], requests: [request] }));
  server.answer('lock_files', ack({ acquired: false, result: { 'a.ts': 'locked_by_elad' }, locks: [lock] }));
  server.answer('release_files', ack({ released: [] }));
  server.answer('approve_request', ack({ request: { ...request, status: 'approved' } }));
  server.answer('get_file_changes', ack({ changes: [change], has_more: false }));
  server.answer('put_back', ack({ change: { ...change, put_back_by: 'ann', put_back_at: lock.locked_at } }));
  const chat = await openChat();
  chat.type('/locks');
  await chat.says(/src\/ {2}elad, until its task ends: the page\n.*#7 ruth asks ann for a\.ts: a typo/);
  chat.type('/lock a.ts,b.ts the footer');
  await chat.says(/a\.ts: locked by elad/);
  const asked = await server.frame('lock_files');
  assert.deepEqual(asked.fields, { files: ['a.ts', 'b.ts'], description: 'the footer' });
  chat.type('/release');
  await chat.says(/No files to release/);
  hear('lock_request_update', request);
  await chat.says(/\/approve-file 7, \/deny-file 7/);
  chat.type('/approve-file 7');
  await chat.says(/a\.ts for ruth: approved/);
  chat.type('/who a.ts');
  await chat.says(/#12 2026-01-02 12:00:00Z modified a\.ts by elad \(command\), aaaaaaaaaaaa -> nothing/);
  await chat.says(/past the lock of ann, \/putback 12/);
  chat.type('/putback 12');
  await chat.says(/put back by ann/);
  chat.type('/putback');
  await chat.says(/Usage: \/putback CHANGE/);
  await leave(chat);
});
