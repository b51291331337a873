import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChatMessage, MessageTask, ServerEvent, Task } from '../../src/protocol/index.ts';
import type { Action } from '../../web/src/state/actions.ts';
import { type AppState, initialState } from '../../web/src/state/app-state.ts';
import { heldCardsMax, isCardShown } from '../../web/src/state/card-state.ts';
import { reduce } from '../../web/src/state/reduce.ts';
import { message, notification, task } from '../browser/fake-team.ts';

const channel = { conversation_id: 'main', thread_id: null };
const thread = { conversation_id: 'main', thread_id: 5 };

function after(...actions: Action[]): AppState {
  return actions.reduce(reduce, initialState({ user_id: 'dana', role: 'admin' }));
}

function event(type: ServerEvent['type'], data: unknown): Action {
  return { type: 'event', event: { type, data } as ServerEvent, now: 1_000 };
}

function news(of: Task, type: Parameters<typeof notification>[1]): Action {
  return event('task_notification', notification(of, type));
}

/** A page of the channel with its tasks. */
function page(messages: readonly ChatMessage[], ...tasks: MessageTask[]): Action {
  const loaded = { conversation_id: 'main', messages: [...messages], has_more: false, has_newer: false };
  return {
    type: 'page_loaded',
    place: channel,
    part: 'newest',
    page: { ...loaded, following: [], tasks },
  };
}

const request = message(5, 'dana', '@elad add a gradient');
const asked = task('t1', 'elad', { message_id: 5 });

function report(of: Task, id = 9, kind: 'task_completed' | 'answer' = 'task_completed'): ChatMessage {
  const metadata = { kind, task_id: of.task_id } as const;
  return message(id, of.agent_name, 'Done.', { sender_kind: 'agent', thread_id: 5, reply_to: 5, metadata });
}

function below(of: Task, given: Partial<MessageTask> = {}): MessageTask {
  return { ...of, thread_id: null, report: null, ...given };
}

function shownBelow(state: AppState, place: typeof channel | typeof thread, id: number): string[] {
  return (state.cards.below[id] ?? []).filter((taskId) => isCardShown(state.cards, taskId, place, id));
}

describe('the cards of tasks', () => {
  it('stand below the message that asked, one for each agent, in the order in which they were given', () => {
    const second = task('t2', 'maya', { message_id: 5, created_at: new Date().toISOString() });
    for (const order of [
      [asked, second],
      [second, asked],
    ]) {
      const state = after(page([request]), ...order.map((each) => news(each, 'assigned')));
      const dated = { ...state.cards.tasks.t1, created_at: asked.created_at };
      assert.deepEqual(dated.message_id, 5);
      assert.deepEqual(new Set(shownBelow(state, channel, 5)), new Set(['t1', 't2']));
    }
    const loaded = after(page([request], below(second), below(asked)));
    assert.deepEqual(shownBelow(loaded, channel, 5), ['t1', 't2']);
    assert.deepEqual(shownBelow(loaded, thread, 5), ['t1', 't2']);
  });

  it('follow what happens, and become the result with its report', () => {
    const state = after(
      page([request]),
      news(asked, 'assigned'),
      news(asked, 'started'),
      news({ ...asked, progress: 40 }, 'progress'),
    );
    assert.deepEqual([state.cards.tasks.t1?.status, state.cards.tasks.t1?.progress], ['working', 40]);
    const said = event('chat_message', report(asked));
    for (const last of [
      [said, news(asked, 'completed')],
      [news(asked, 'completed'), said],
    ]) {
      const { t1 } = last.reduce(reduce, state).cards.tasks;
      assert.deepEqual([t1?.status, t1?.report?.id], ['completed', 9]);
    }
  });

  it('are right whether the page or the news of the end comes first', () => {
    const running = page([request], below(asked));
    const ended = { ...asked, status: 'completed' as const, ended_at: asked.created_at };
    const end = [event('chat_message', report(asked)), news(asked, 'completed')];
    const over = page([request], below(ended, { report: report(asked) }));
    for (const order of [
      [running, ...end],
      [news(asked, 'started'), ...end, running],
      [running, over],
      [over, running],
      [over, news({ ...asked, progress: 50 }, 'progress')],
    ]) {
      const { t1 } = after(...order).cards.tasks;
      assert.deepEqual(
        [t1?.status, t1?.report?.id],
        ['completed', 9],
        JSON.stringify(order.map(({ type }) => type)),
      );
    }
  });

  it('of what a reply asked stand in the thread; while under way also below its first message', () => {
    const reply = message(7, 'dana', 'and the footer', { thread_id: 5 });
    const next = task('t2', 'elad', { message_id: 7 });
    const live = after(page([request]), event('chat_message', reply), news(next, 'assigned'));
    const loaded = after(page([request], below(next, { thread_id: 5 })));
    for (const state of [live, loaded]) {
      assert.deepEqual(shownBelow(state, channel, 5), ['t2']);
      assert.deepEqual(shownBelow(state, thread, 7), ['t2']);
      assert.deepEqual(shownBelow(state, thread, 5), []);
      assert.deepEqual(shownBelow(reduce(state, news(next, 'completed')), channel, 5), []);
    }
  });

  it('of a task whose reply was not heard find their thread by what is said about it there', () => {
    const next = task('t2', 'elad', { message_id: 7 });
    const state = after(
      page([request]),
      { type: 'active_tasks_loaded', tasks: { t2: next } },
      event('chat_message', { ...report(next, 8), metadata: { kind: 'acknowledgement', task_id: 't2' } }),
    );
    assert.deepEqual(shownBelow(state, channel, 5), ['t2']);
  });

  it('that ended while nobody listened are not shown as under way', () => {
    const state = after(page([request], below(asked)), { type: 'active_tasks_loaded', tasks: {} });
    assert.deepEqual(shownBelow(state, channel, 5), []);
    const ended = { ...asked, status: 'failed' as const, ended_at: asked.created_at, reason: 'No paint.' };
    const reloaded = reduce(state, page([request], below(ended)));
    assert.equal(reloaded.cards.tasks.t1?.status, 'failed');
  });

  it('give their place to the task that takes theirs up', () => {
    const failed = { ...asked, status: 'failed' as const, ended_at: asked.created_at };
    const predecessor = { task_id: 't1', agent_name: 'elad', how: 'continue' as const };
    const again = task('t9', 'elad', { message_id: 5, predecessor });
    const given = notification(again, 'assigned');
    const live = after(
      page([request], below(failed)),
      event('task_notification', { ...given, metadata: { ...given.metadata, predecessor } }),
    );
    const loaded = after(page([request], below({ ...failed, successor_id: 't9' }), below(again)));
    for (const state of [live, loaded]) assert.deepEqual(shownBelow(state, channel, 5), ['t9']);
  });

  it('stay below a deleted request while the agent is at it, and follow a report that is deleted', () => {
    const gone = { id: 5, conversation_id: 'main', thread_id: null, deleted_by: 'dana', timestamp: '' };
    const state = after(
      page([request]),
      news(asked, 'started'),
      event('message_deleted', gone),
      event('chat_message', report(asked)),
    );
    assert.deepEqual(shownBelow(state, channel, 5), ['t1']);
    const without = reduce(state, event('message_deleted', { ...gone, id: 9, thread_id: 5 }));
    assert.equal(without.cards.tasks.t1?.report?.deleted, true);
  });

  it('drop what was told and taken back', () => {
    const steer = {
      steer_id: 'm7',
      text: 'in blue',
      by: 'dana',
      when: 'next' as const,
      at: '',
      read_at: null,
    };
    const told = notification(asked, 'steered');
    const back = notification(asked, 'steered');
    const state = after(
      news(asked, 'started'),
      event('task_notification', { ...told, metadata: { ...told.metadata, steers: [steer] } }),
    );
    assert.equal(state.tasks.t1?.steers.length, 1);
    const without = event('task_notification', {
      ...back,
      metadata: { ...back.metadata, withdrawn_steers: ['m7'] },
    });
    assert.deepEqual(reduce(state, without).tasks.t1?.steers, []);
  });

  it('are so many at most; those under way are kept', () => {
    const many = Array.from({ length: heldCardsMax + 10 }, (_, index) =>
      below(
        task(`n${index}`, 'elad', {
          message_id: index + 10,
          ...(index === 0 ? {} : { status: 'completed' as const, ended_at: asked.created_at }),
        }),
      ),
    );
    const { cards } = after(page([], ...many));
    assert.ok(Object.keys(cards.tasks).length <= heldCardsMax);
    assert.ok('n0' in cards.tasks);
    assert.ok(`n${heldCardsMax + 9}` in cards.tasks);
    assert.equal(cards.below[11], undefined);
  });
});
