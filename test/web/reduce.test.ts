import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerEvent } from '../../src/protocol/index.ts';
import type { Action } from '../../web/src/state/actions.ts';
import { type AppState, initialState } from '../../web/src/state/app-state.ts';
import { reduce } from '../../web/src/state/reduce.ts';
import { heldRoomsMax } from '../../web/src/state/rooms.ts';
import { agentsOf, peopleOf, runningTasks, tasksOf } from '../../web/src/state/selectors.ts';
import { createStore } from '../../web/src/state/store.ts';
import {
  agentStatus,
  gradientChange,
  member,
  message,
  notification,
  person,
  task,
} from '../browser/fake-team.ts';

const self = { user_id: 'dana', role: 'admin' };
const online: Extract<Action, { type: 'link_changed' }> = {
  type: 'link_changed',
  link: {
    kind: 'online',
    recovered: false,
    self: {
      ...self,
      server_time: '',
      epoch: 'e',
      position: 0,
      server_version: '0',
      development_mode: false,
    },
  },
};
const offline: Action = {
  type: 'link_changed',
  link: { kind: 'waiting', attempt: 1, retryAt: 0, reason: 'lost' },
};
const team: Action = {
  type: 'team_loaded',
  team: {
    members: [person('dana'), person('ruth'), member('elad'), member('maya')],
    connected: ['dana'],
    agents: { elad: agentStatus('elad') },
    conversations: [],
  },
};

const open: Action = { type: 'room_opened', place: { conversation_id: 'main', thread_id: null } };

function after(...actions: Action[]): AppState {
  return actions.reduce(reduce, initialState(self));
}

function event(type: ServerEvent['type'], data: unknown): Action {
  return { type: 'event', event: { type, data } as ServerEvent, now: 1_000 };
}

describe('the state of the page', () => {
  it('drops messages that are no longer kept, and opens no room for them', () => {
    const said = [1, 2, 3].map((id) => event('chat_message', message(id, 'ruth', 'x')));
    const removed = (conversation_id: string) => event('messages_removed', { conversation_id, ids: [1, 2] });
    const state = after(online, team, open, ...said, removed('main'), removed('other'));
    assert.deepEqual(Object.keys(state.rooms), ['main']);
    assert.deepEqual(
      state.rooms.main?.messages.map(({ id }) => id),
      [3],
    );
  });

  it('shows an agent without a status as offline, not as idle', () => {
    const states = agentsOf(after(online, team)).map((agent) => [agent.member.name, agent.state]);
    assert.deepEqual(states, [
      ['elad', 'idle'],
      ['maya', 'offline'],
    ]);
  });

  it('lists oneself first, then who is here', () => {
    const state = after(
      online,
      team,
      event('user_status', { user_id: 'zoe', status: 'connected', role: 'developer' }),
    );
    assert.deepEqual(
      peopleOf(state).map(({ name, present }) => [name, present]),
      [
        ['dana', true],
        ['zoe', true],
        ['ruth', false],
      ],
    );
  });

  it('calls nobody present while there is no connection', () => {
    assert.ok(peopleOf(after(online, team, offline)).every((one) => !one.present));
  });

  it('forgets a fired agent', () => {
    const state = after(online, team, event('member_left', { name: 'elad' }));
    assert.deepEqual(
      agentsOf(state).map((agent) => agent.member.name),
      ['maya'],
    );
    assert.deepEqual(state.agents, {});
  });

  it('follows a task from its start to its result', () => {
    const started = after(
      online,
      team,
      event('task_notification', notification(task('t1', 'elad'), 'started')),
    );
    assert.equal(runningTasks(started).length, 1);
    const done = reduce(
      started,
      event('task_completion', {
        agent_name: 'elad',
        task: 'x',
        task_id: 't1',
        output: 'Done.',
        changes: [gradientChange],
        timestamp: '2026-01-01T00:00:00.000Z',
      }),
    );
    assert.equal(runningTasks(done).length, 0);
    assert.equal(tasksOf(done, 'elad')[0]?.output, 'Done.');
  });

  it('takes the same message twice as one', () => {
    const said = event('chat_message', message(4, 'ruth', 'hi'));
    assert.equal(after(online, open, said, said).rooms.main?.messages.length, 1);
  });
});

describe('the store', () => {
  it('tells once of what came together', () => {
    const waiting: (() => void)[] = [];
    const store = createStore(initialState(self), (run) => waiting.push(run));
    let told = 0;
    store.subscribe(() => {
      told += 1;
    });
    store.dispatch(online);
    store.dispatch(team);
    for (const run of waiting) run();
    assert.equal(told, 1);
    assert.ok('elad' in store.get().members);
  });

  it('shows the same state to everybody between two flushes', async () => {
    const waiting: (() => void)[] = [];
    const store = createStore(initialState(self), (run) => waiting.push(run));
    store.dispatch(team);
    assert.equal('elad' in store.shown().members, false);
    const settled = store.settled();
    for (const run of waiting) run();
    await settled;
    assert.equal('elad' in store.shown().members, true);
  });

  it('shows at once what the reader did', async () => {
    const store = createStore(initialState(self), () => undefined);
    store.dispatch(team);
    store.dispatch({ type: 'search_changed', search: { typed: 'blue', order: 'newest' } });
    await store.settled();
    assert.equal(store.shown().search.typed, 'blue');
  });

  it('holds the messages of the conversations that were looked at last', () => {
    const place = (id: string) => ({ conversation_id: id, thread_id: null });
    const visit = (id: string): Action[] => {
      const page = { conversation_id: id, messages: [message(1, 'ruth', 'hi')], has_more: false };
      const loaded = { ...page, has_newer: false, following: [], tasks: [] };
      return [
        { type: 'room_opened', place: place(id) },
        { type: 'page_loaded', place: place(id), part: 'newest', page: loaded },
        { type: 'room_left', place: place(id), at: null },
      ];
    };
    const ids = Array.from({ length: heldRoomsMax + 5 }, (_, index) => `c${index}`);
    const { rooms } = after(online, ...ids.flatMap(visit), ...visit('c5'), ...visit('new'));
    assert.equal(Object.values(rooms).filter(({ loaded }) => loaded).length, heldRoomsMax);
    assert.deepEqual([rooms.c4?.loaded, rooms.c5?.loaded, rooms.c6?.loaded], [false, true, false]);
  });
});
