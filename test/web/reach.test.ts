import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerEvent, Task } from '../../src/protocol/index.ts';
import { readAsk } from '../../web/src/composer/ask.ts';
import { reachText } from '../../web/src/composer/use-reach.ts';
import type { Action } from '../../web/src/state/actions.ts';
import { answeredBy } from '../../web/src/state/answered.ts';
import { type AppState, initialState } from '../../web/src/state/app-state.ts';
import { mentionsAnybody, taskToldIn, threadAgentOf } from '../../web/src/state/reach.ts';
import { reduce } from '../../web/src/state/reduce.ts';
import { conversation, member, message, notification, person, task } from '../browser/fake-team.ts';

const thread = { conversation_id: 'main', thread_id: 5 };
const elads = task('t1', 'elad', { message_id: 5 });
const mayas = task('t2', 'maya', { message_id: 5 });

function event(type: ServerEvent['type'], data: unknown): Action {
  return { type: 'event', event: { type, data } as ServerEvent, now: 1_000 };
}

/** A thread that hangs from dana's request to elad and maya, in which each has said something. */
function said(by: readonly string[], tasks: readonly Task[] = [elads, mayas], members = ['elad', 'maya']) {
  const actions: Action[] = [
    {
      type: 'team_loaded',
      team: {
        members: [person('dana'), ...members.map((name) => member(name))],
        connected: [],
        agents: {},
        conversations: [],
      },
    },
    { type: 'conversations_loaded', conversations: [conversation('main', { members: null })] },
    { type: 'room_opened', place: thread },
    event('chat_message', message(5, 'dana', '@elad @maya add a gradient')),
    ...tasks.map((each) => event('task_notification', notification(each, 'started'))),
    ...by.map((name, index) =>
      event('chat_message', message(6 + index, name, 'Got it.', { sender_kind: 'agent', thread_id: 5 })),
    ),
  ];
  return actions.reduce<AppState>(reduce, initialState({ user_id: 'dana', role: 'admin' }));
}

describe('where a reply in a thread goes to', () => {
  it('is the agent that spoke there last, of those whose thread it is', () => {
    assert.equal(threadAgentOf(said(['elad', 'maya']), thread), 'maya');
    assert.equal(threadAgentOf(said(['maya', 'elad']), thread), 'elad');
    assert.equal(threadAgentOf(said(['elad', 'lior']), thread), 'elad');
    assert.equal(threadAgentOf(said(['elad', 'maya'], [elads, mayas], ['elad']), thread), 'elad');
    assert.equal(threadAgentOf(said([], []), thread), null);
    assert.equal(threadAgentOf(said(['elad']), { ...thread, thread_id: null }), null);
  });

  it('is told to the task that this agent has there, unless that is being stopped or over', () => {
    const state = said(['elad']);
    assert.equal(taskToldIn(state, thread, 'elad', 'work')?.task_id, 't1');
    assert.equal(taskToldIn(state, thread, 'elad', 'question'), null, 'work is told nothing read-only');
    for (const type of ['stopping', 'completed'] as const) {
      const next = reduce(state, event('task_notification', notification(elads, type)));
      assert.equal(taskToldIn(next, thread, 'elad', 'work'), null);
    }
  });

  it('is said in words, also for what is only to be looked at', () => {
    const told = { ...elads, message_id: 5, thread_id: null, report: null };
    const at = { agents: ['elad'], told };
    assert.equal(reachText(at, false), 'Reaches @elad: told after its present step');
    assert.equal(reachText({ ...at, told: null }, true), 'Reaches @elad as a new task, read-only');
    const waiting = { ...told, status: 'assigned' as const };
    assert.equal(reachText({ ...at, told: waiting }, false), 'Reaches @elad: told when its task begins');
    assert.equal(reachText({ ...at, told: null }, false), 'Reaches @elad as a new task');
    assert.equal(reachText({ agents: [], told: null }, false), null);
  });

  it('is whom it mentions, people too', () => {
    const { members } = said([]);
    assert.equal(mentionsAnybody('ask @dana', members), true);
    assert.equal(mentionsAnybody('ask @nobody', members), false);
  });
});

describe('/ask in a draft', () => {
  it('is not part of what is said', () => {
    assert.deepEqual(readAsk('/ask @elad why?\nreally'), { text: '@elad why?\nreally', readOnly: true });
    assert.deepEqual(readAsk('/ask'), { text: '', readOnly: true });
    assert.deepEqual(readAsk('/asking for a friend'), { text: '/asking for a friend', readOnly: false });
    assert.deepEqual(readAsk('please /ask'), { text: 'please /ask', readOnly: false });
  });
});

describe('the message that another one answers', () => {
  const place = { conversation_id: 'main', thread_id: null };
  const room = (...messages: ReturnType<typeof message>[]) =>
    [
      { type: 'room_opened', place } as const,
      ...messages.map((each) => event('chat_message', each)),
    ].reduce<AppState>(reduce, initialState({ user_id: 'dana', role: 'admin' }));

  it('is named where it does not stand right before it', () => {
    const question = message(1, 'dana', 'first?');
    const answer = message(3, 'elad', 'yes', { reply_to: 1 });
    assert.equal(answeredBy(room(question, answer), answer, place), null);
    const between = room(question, message(2, 'dana', 'second?'), answer);
    assert.equal(answeredBy(between, answer, place), question);
    assert.equal(answeredBy(room(answer), answer, place), 'elsewhere');
    assert.equal(answeredBy(between, message(3, 'elad', 'yes'), place), null);
  });

  it('is not what the thread hangs from, which stands above all of it', () => {
    const reply = message(8, 'elad', 'Done.', { thread_id: 5, reply_to: 5 });
    assert.equal(answeredBy(said(['elad']), reply, thread), null);
  });
});
