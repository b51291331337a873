import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerEvent } from '../../src/protocol/index.ts';
import type { Action } from '../../web/src/state/actions.ts';
import { type AppState, initialState } from '../../web/src/state/app-state.ts';
import {
  callsFor,
  directs,
  findDestinations,
  joinedChannels,
  nameOf,
  otherChannels,
  titleOf,
} from '../../web/src/state/conversation-list.ts';
import type { Place } from '../../web/src/state/place.ts';
import { reduce } from '../../web/src/state/reduce.ts';
import { conversation, member, message, minutesAgo, person } from '../browser/fake-team.ts';

const self = { user_id: 'dana', role: 'admin' };
const main: Place = { conversation_id: 'main', thread_id: null };

function event(type: ServerEvent['type'], data: unknown): Action {
  return { type: 'event', event: { type, data } as ServerEvent, now: 1_000 };
}

function said(id: number, sender: string, text: string, given: Parameters<typeof message>[3] = {}): Action {
  return event('chat_message', message(id, sender, text, given));
}

function page(place: Place, ...messages: ReturnType<typeof message>[]): Action {
  const { conversation_id } = place;
  return {
    type: 'page_loaded',
    place,
    part: 'newest',
    page: { conversation_id, messages, has_more: false, has_newer: false, following: [], tasks: [] },
  };
}

/** A team of dana, ruth and elad with two channels and a direct conversation, all read. */
function start(...actions: Action[]): AppState {
  const conversations = [
    conversation('main', { members: null }),
    conversation('design'),
    conversation('ops', { members: ['ruth'], joined: false }),
    conversation('d1', { kind: 'direct', private: true, title: 'ruth, dana' }),
  ];
  const members = [person('dana'), person('ruth'), member('elad')];
  return [
    { type: 'team_loaded', team: { members, connected: ['dana'], agents: {}, conversations } } as Action,
    { type: 'conversations_loaded', conversations } as Action,
    ...actions,
  ].reduce(reduce, initialState(self));
}

function counts({ conversations }: AppState, id: string) {
  const view = conversations[id];
  return [view?.unread_count, view?.mention_count];
}

describe('what is unread', () => {
  it('is counted by events: others, where one is in, after the read position', () => {
    const design = { conversation_id: 'design' };
    const state = start(
      said(1, 'ruth', 'hello', design),
      said(2, 'ruth', 'hello @dana', design),
      said(3, 'dana', 'mine', design),
      said(4, 'ruth', 'outside', { conversation_id: 'ops' }),
    );
    assert.deepEqual(counts(state, 'design'), [2, 1]);
    assert.deepEqual(counts(state, 'ops'), [0, 0]);
    assert.deepEqual(Object.keys(state.rooms), [], 'no message is held of what nobody opened');
  });

  it('is of threads only what one follows', () => {
    const reply = (id: number) => said(id, 'ruth', 'reply', { thread_id: 1 });
    const ignored = start(reply(2));
    assert.deepEqual(counts(ignored, 'main'), [0, 0]);
    const follow = event('thread_follow', { message_id: 1, conversation_id: 'main', on: true });
    assert.deepEqual(counts(reduce(reduce(ignored, follow), reply(3)), 'main'), [1, 0]);
  });

  it('is what the server says when the read position moves, on whatever device', () => {
    const read = { conversation_id: 'main', last_read_id: 2, unread_count: 1, mention_count: 0 };
    const state = start(said(2, 'ruth', '@dana'), said(3, 'ruth', 'hm'), event('read_update', read));
    assert.deepEqual(counts(state, 'main'), [1, 0]);
    const again = reduce(state, said(2, 'ruth', '@dana'));
    assert.deepEqual(counts(again, 'main'), [1, 0], 'what was read is not counted again');
  });

  it('of a followed thread is gone when its last reply was read', () => {
    const root = message(1, 'dana', 'root');
    const state = start(
      { type: 'threads_loaded', threads: [{ message: root, last_reply_id: 1, unread_count: 0 }], tasks: [] },
      said(2, 'ruth', 'reply', { thread_id: 1 }),
    );
    assert.equal(state.threads[0]?.unread_count, 1);
    const read = { conversation_id: 'main', last_read_id: 2, unread_count: 0, mention_count: 0 };
    assert.equal(reduce(state, event('read_update', read)).threads[0]?.unread_count, 0);
  });

  it('begins where the reader left, and nowhere when all was read', () => {
    const opened: Action = { type: 'room_opened', place: main };
    const come: Action = { type: 'attention_changed', place: main, attended: true };
    const go: Action = { type: 'attention_changed', place: main, attended: false };
    assert.equal(start(opened, come, said(1, 'ruth', 'hi')).rooms.main?.newFrom, null);
    assert.equal(start(said(1, 'ruth', 'hi'), opened, come).rooms.main?.newFrom, 0);
    const read = event('read_update', { ...main, last_read_id: 1, unread_count: 0, mention_count: 0 });
    const away = start(opened, come, said(1, 'ruth', 'hi'), read, go, said(2, 'ruth', 'ho'));
    assert.equal(away.rooms.main?.newFrom, 1);
    assert.equal(reduce(away, come).rooms.main?.newFrom, 1);
    const elsewhere = event('read_update', { ...main, last_read_id: 2, unread_count: 0, mention_count: 0 });
    assert.equal(reduce(reduce(away, elsewhere), come).rooms.main?.newFrom, null);
  });

  it('stays marked as unread until the reader comes back', () => {
    const opened: Action = { type: 'room_opened', place: main };
    const marked = start(opened, { type: 'marked_unread', place: main, message_id: 5 });
    assert.deepEqual([marked.rooms.main?.keptUnread, marked.rooms.main?.newFrom], [true, 4]);
    const left = reduce(marked, { type: 'room_left', place: main, at: null });
    assert.equal(left.rooms.main?.keptUnread, false);
  });
});

describe('conversations', () => {
  it('that one joins or is brought into are loaded; those that one left are gone', () => {
    const ops = conversation('ops', { members: ['ruth', 'dana'] });
    const { last_read_id: _a, unread_count: _b, mention_count: _c, joined: _d, ...rest } = ops;
    const { last_activity: _e, message_count: _f, ...update } = rest;
    const joined = start(event('conversation_update', update));
    assert.deepEqual(
      joinedChannels(joined.conversations).map(({ title }) => title),
      ['main', 'design', 'ops'],
    );
    assert.deepEqual(otherChannels(joined.conversations), []);
    const left = reduce(
      reduce(joined, page({ conversation_id: 'ops', thread_id: null })),
      event('conversation_left', { conversation_id: 'ops' }),
    );
    assert.ok(!('ops' in left.conversations) && !('ops' in left.rooms));
  });

  it('are called by their title, direct ones by the others in them', () => {
    const [d1] = directs(start().conversations);
    assert.ok(d1);
    assert.equal(titleOf(d1, 'dana'), 'ruth');
    assert.equal(nameOf(conversation('design'), 'dana'), '#design');
    assert.equal(titleOf({ ...d1, title: 'dana', members: ['dana'] }, 'dana'), 'dana');
    assert.equal(titleOf({ ...d1, members: ['dana'] }, 'dana'), 'ruth', 'who was removed is still named');
  });

  it('call when one is mentioned, direct ones always', () => {
    assert.equal(callsFor(conversation('design', { unread_count: 3 })), 0);
    assert.equal(callsFor(conversation('design', { unread_count: 3, mention_count: 1 })), 1);
    assert.equal(callsFor(conversation('d', { kind: 'direct', unread_count: 3 })), 3);
  });

  it('are found by a few letters, and so is whoever one has not talked to', () => {
    const state = start();
    const names = (typed: string) =>
      findDestinations(state, typed).map(({ kind, name }) => `${kind} ${name}`);
    assert.deepEqual(names('des'), ['conversation design']);
    assert.deepEqual(names('@el'), ['member elad']);
    assert.deepEqual(names('ruth'), ['conversation ruth'], 'one goes to the conversation there is');
  });
});

describe('a message after it was said', () => {
  const root = message(1, 'ruth', 'which blue?');
  const thread: Place = { conversation_id: 'main', thread_id: 1 };
  const opened = () =>
    start(
      { type: 'room_opened', place: main },
      page(main, root),
      { type: 'room_opened', place: thread },
      page(thread, root),
    );

  it('changes in its conversation and in its thread', () => {
    const edited = { ...root, text: 'which red?', edited_at: minutesAgo(0) };
    const state = reduce(opened(), event('message_edited', edited));
    assert.equal(state.rooms.main?.messages[0]?.text, 'which red?');
    assert.equal(state.rooms['main/1']?.messages[0]?.text, 'which red?');
  });

  it('keeps its place and its thread when it is deleted', () => {
    const summary = { reply_count: 1, participants: ['dana'], last_reply_at: minutesAgo(0) };
    const state = [
      event('thread_update', { message_id: 1, conversation_id: 'main', thread: summary }),
      event('message_deleted', { id: 1, conversation_id: 'main', thread_id: null, deleted_by: 'ruth' }),
    ].reduce(reduce, opened());
    const gone = state.rooms.main?.messages[0];
    assert.deepEqual([gone?.deleted, gone?.text, gone?.thread], [true, '', summary]);
  });

  it('has each reaction once for each member', () => {
    const react = (member: string, emoji: string, on = true) =>
      event('reaction_update', { message_id: 1, conversation_id: 'main', emoji, member, on });
    const reactions = (...actions: Action[]) =>
      actions.reduce(reduce, opened()).rooms.main?.messages[0]?.reactions;
    const both = [react('ruth', '👍'), react('ruth', '👍'), react('dana', '👍'), react('dana', '🎉')];
    assert.deepEqual(reactions(...both), [
      { emoji: '👍', members: ['ruth', 'dana'] },
      { emoji: '🎉', members: ['dana'] },
    ]);
    assert.deepEqual(reactions(...both, react('dana', '🎉', false), react('ruth', '👍', false)), [
      { emoji: '👍', members: ['dana'] },
    ]);
  });

  it('in one conversation leaves all others as they are', () => {
    const before = opened();
    const design: Place = { conversation_id: 'design', thread_id: null };
    const state = [page(design), said(2, 'ruth', 'hi', { conversation_id: 'design' })].reduce(reduce, before);
    assert.equal(state.rooms.main, before.rooms.main);
    assert.equal(state.conversations.main, before.conversations.main);
  });
});
