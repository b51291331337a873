import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { readEvents, type Subject, says } from '../support/store.ts';

export function messageContract(subject: Subject): void {
  test('the conversation main exists from the start, once', async () => {
    const [main, ...others] = await subject.store.listConversations();
    assert.equal(main?.conversation_id, 'main');
    assert.match(main.created_at, /Z$/);
    assert.deepEqual(others, []);
    assert.equal((await (await subject.watched.reopen()).listConversations()).length, 1);
  });

  test('a message is given back, announced and read as the same thing', async () => {
    const { store, watched } = subject;
    const said = await store.appendMessage(
      says('grüße 👋 @elad\nzwei', {
        mentions: ['elad'],
        client_message_id: 'c1',
        metadata: { kind: 'notice', task_id: 't' },
      }),
    );
    const { id, message_id, timestamp, ...rest } = said;
    assert.ok(id > 0);
    assert.ok(message_id.length > 8);
    assert.equal(timestamp, says('').at);
    assert.deepEqual(rest, {
      conversation_id: 'main',
      text: 'grüße 👋 @elad\nzwei',
      sender: 'dana',
      sender_name: 'dana',
      sender_kind: 'person',
      mentions: ['elad'],
      entities: [],
      is_command: false,
      command: null,
      command_args: [],
      reply_to: null,
      thread_id: null,
      thread: null,
      client_message_id: 'c1',
      metadata: { kind: 'notice', task_id: 't' },
      edited_at: null,
      deleted: false,
      reactions: [],
      pinned: false,
    });
    assert.deepEqual(watched.events(), [{ position: 1, type: 'chat_message', data: said }]);
    const page = { conversation_id: 'main', limit: 10 };
    const read = { messages: [said], has_more: false, has_newer: false, following: [] };
    assert.deepEqual(await store.readMessages(page), read);
    assert.deepEqual(await store.readMessage(id), said);
    assert.equal(await store.readMessage(id + 1), null);
    assert.deepEqual(await (await watched.reopen()).readMessages(page), read);
  });

  test('half a character is replaced before anybody is told, so that history says the same', async () => {
    const { store } = subject;
    const said = await store.appendMessage(says('x\ud800y'));
    assert.equal(said.text, 'x\ufffdy');
    const page = await store.readMessages({ conversation_id: 'main', before: null, limit: 1 });
    assert.equal(page.messages[0]?.text, said.text);
  });

  test('an agent shows as NAME-bot; what agents and the server say is never a command', async () => {
    const { store } = subject;
    const agent = await store.appendMessage(says('/run', { sender_name: 'elad', sender_kind: 'agent' }));
    const server = await store.appendMessage(says('hi', { sender_name: 'system', sender_kind: 'system' }));
    assert.equal(agent.sender, 'elad-bot');
    assert.equal(agent.sender_name, 'elad');
    assert.equal(server.sender, 'system');
    for (const message of [agent, server]) {
      assert.equal(message.is_bot_message, true);
      assert.ok(!('is_command' in message || 'command' in message || 'command_args' in message));
    }
    assert.ok(!('is_bot_message' in (await store.appendMessage(says('a person')))));
  });

  test('a slash and a word are a command with arguments; a path is none', async () => {
    const read = async (text: string) => {
      const { is_command, command, command_args } = await subject.store.appendMessage(says(text));
      return [is_command, command, command_args];
    };
    assert.deepEqual(await read('/assign elad  fix\tit'), [true, 'assign', ['elad', 'fix', 'it']]);
    assert.deepEqual(await read('/help'), [true, 'help', []]);
    for (const text of ['/', '/ help', 'see /help', '/etc/hosts is a file', '//x']) {
      assert.deepEqual(await read(text), [false, null, []], text);
    }
  });

  test('a reply must be to a message that is there, a message in a conversation that is there', async () => {
    const { store, watched } = subject;
    const root = await store.appendMessage(says('root'));
    assert.equal((await store.appendMessage(says('re', { reply_to: root.id }))).reply_to, root.id);
    await assert.rejects(store.appendMessage(says('x', { reply_to: 999 })), { code: 'unknown_message' });
    await assert.rejects(store.appendMessage(says('x', { conversation_id: 'nope' })), {
      name: 'ChatError',
      code: 'unknown_conversation',
    });
    await assert.rejects(store.readMessages({ conversation_id: 'nope', before: null, limit: 1 }), {
      code: 'unknown_conversation',
    });
    assert.equal(watched.events().length, 2);
  });

  test('one wrong message among many fails alone', async () => {
    const { store, watched } = subject;
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) =>
        store.appendMessage(says(`${index}`, { reply_to: index % 10 === 3 ? 999_999 : null })),
      ),
    );
    assert.equal(results.filter(({ status }) => status === 'rejected').length, 10);
    assert.deepEqual(
      watched.events().map(({ position }) => position),
      Array.from({ length: 90 }, (_, index) => index + 1),
    );
    assert.deepEqual(await readEvents(store, 0, 1000), watched.events());
  });

  test('pages run from the newest back, each oldest first', async () => {
    const { store } = subject;
    for (let index = 1; index <= 5; index += 1) await store.appendMessage(says(`${index}`));
    const read = async (before: number | null, limit: number) => {
      const { messages, has_more } = await store.readMessages({ conversation_id: 'main', before, limit });
      return {
        ids: messages.map(({ id }) => id),
        texts: messages.map(({ text }) => text).join(''),
        has_more,
      };
    };
    const newest = await read(null, 2);
    assert.equal(newest.texts, '45');
    assert.equal(newest.has_more, true);
    const older = await read(newest.ids[0] ?? null, 3);
    assert.equal(older.texts, '123');
    assert.equal(older.has_more, false);
    assert.equal((await read(older.ids[0] ?? null, 3)).texts, '');
  });

  test('a page after a message runs forward, one around it has both sides', async () => {
    const { store } = subject;
    const ids: number[] = [];
    for (let index = 1; index <= 6; index += 1) ids.push((await store.appendMessage(says(`${index}`))).id);
    const read = async (more: { after?: number; around?: number }, limit: number) => {
      const page = await store.readMessages({ conversation_id: 'main', limit, ...more });
      return [page.messages.map(({ text }) => text).join(''), page.has_more, page.has_newer];
    };
    const [first = 0, , , fourth = 0, , last = 0] = ids;
    assert.deepEqual(await read({ after: first }, 2), ['23', true, false]);
    assert.deepEqual(await read({ after: fourth }, 2), ['56', false, false]);
    assert.deepEqual(await read({ after: 0 }, 10), ['123456', false, false]);
    assert.deepEqual(await read({ around: fourth }, 3), ['345', true, true]);
    assert.deepEqual(await read({ around: fourth }, 10), ['123456', false, false]);
    assert.deepEqual(await read({ around: last }, 3), ['56', true, false]);
  });

  test('the same client_message_id of the same sender is the same message, however parallel', async () => {
    const { store, watched } = subject;
    const once = says('only once', { client_message_id: 'k1' });
    const said = await Promise.all(Array.from({ length: 200 }, () => store.appendMessage(once)));
    for (const message of said) assert.deepEqual(message, said[0]);
    assert.equal(watched.events().length, 1);
    const store2 = await watched.reopen();
    assert.deepEqual(await store2.appendMessage({ ...once, text: 'another text' }), said[0]);
    const other = await store2.appendMessage({ ...once, sender_name: 'omar' });
    const agent = await store2.appendMessage({ ...once, sender_kind: 'agent' });
    assert.equal(new Set([said[0]?.id, other.id, agent.id]).size, 3);
  });

  test('after a day a person may use a client_message_id for a new message; an agent never', async () => {
    const { store } = subject;
    const said = says('today', { client_message_id: 'k1' });
    const atMs = Date.parse(said.at) + limits.clientMessageIdTtlMs;
    const at = (ms: number) => new Date(atMs + ms).toISOString();
    const first = await store.appendMessage(said);
    assert.equal((await store.appendMessage({ ...said, at: at(-1) })).id, first.id);
    const second = await store.appendMessage({ ...said, text: 'tomorrow', at: at(0) });
    assert.notEqual(second.id, first.id);
    assert.deepEqual(await store.appendMessage({ ...said, at: at(1) }), second);
    const agent = { ...said, sender_kind: 'agent' } as const;
    const { id } = await store.appendMessage(agent);
    assert.equal((await store.appendMessage({ ...agent, at: at(0) })).id, id);
  });

  test('many at once: ids and positions rise without a gap, announced before they resolve', async () => {
    const { store, watched } = subject;
    const late: number[] = [];
    const announced = () => new Set(watched.events().map(({ data }) => (data as { id: number }).id));
    let known = announced();
    const ids = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        const { id } = await store.appendMessage(says(`${index}`));
        if (!known.has(id)) known = announced();
        if (!known.has(id)) late.push(id);
        return id;
      }),
    );
    assert.deepEqual(late, []);
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    );
    assert.equal(new Set(ids).size, 1000);
    const events = watched.events();
    assert.deepEqual(
      events.map(({ position }) => position),
      Array.from({ length: 1000 }, (_, index) => index + 1),
    );
    assert.deepEqual(
      events.map(({ data }) => (data as { id: number }).id),
      ids,
    );
    for (const batch of watched.batches) assert.ok(batch.length > 0);
  });

  test('a read sees every write whose promise resolved', async () => {
    const { store } = subject;
    const readBack = async (name: string) => {
      for (let index = 0; index < 20; index += 1) {
        const { id } = await store.appendMessage(says(`${name} ${index}`));
        const { messages } = await store.readMessages({ conversation_id: 'main', before: id + 1, limit: 1 });
        assert.equal(messages[0]?.id, id);
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(readBack));
  });

  test('ids go on rising after the store was opened again', async () => {
    const { id } = await subject.store.appendMessage(says('before'));
    const store = await subject.watched.reopen();
    assert.ok((await store.appendMessage(says('after'))).id > id);
  });
}
