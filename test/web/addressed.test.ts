import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressedAgents, steerableTask, withoutMentionOf } from '../../web/src/state/addressed.ts';
import { conversation, member, person, task } from '../browser/fake-team.ts';
import { mentionMembers, mentionTexts } from '../support/mention-texts.ts';

const members = { dana: person('dana'), elad: member('elad'), maya: member('maya') };

test('a text addresses the agents it mentions, and the agent of a direct conversation', () => {
  const main = conversation('main', { members: null });
  assert.deepEqual(addressedAgents('@Elad-bot and @maya: hello @dana, me@maya.org', main, members), [
    'elad',
    'maya',
  ]);
  assert.deepEqual(addressedAgents('> @elad said\n`@maya`', main, members), []);
  const closed = conversation('c', { private: true, members: ['dana', 'maya'] });
  assert.deepEqual(addressedAgents('@elad @maya', closed, members), ['maya']);
  const direct = conversation('d', { kind: 'direct', private: true, members: ['dana', 'elad'] });
  assert.deepEqual(addressedAgents('in blue', direct, members), ['elad']);
});

test('what runs can be told something, unless it is being stopped', () => {
  const tasks = {
    a: task('a', 'elad', { status: 'assigned' }),
    b: task('b', 'elad', { status: 'waiting' }),
    c: task('c', 'maya', { status: 'stopping' }),
  };
  assert.equal(steerableTask(tasks, 'elad')?.task_id, 'b');
  assert.equal(steerableTask(tasks, 'maya'), null);
});

test('a task is told the text without the mention in front', () => {
  assert.equal(withoutMentionOf('elad', ' @Elad-bot, in blue ', members), 'in blue');
  assert.equal(withoutMentionOf('elad', '@eladio in blue', members), '@eladio in blue');
  assert.equal(withoutMentionOf('elad', 'as @elad likes', members), 'as @elad likes');
  assert.equal(withoutMentionOf('elad', '@elad', members), '');
});

test('the page reads every text as the server does', () => {
  const main = conversation('main', { members: null });
  const team = Object.fromEntries(mentionMembers.map((name) => [name, member(name)]));
  for (const { text, mentions } of mentionTexts) {
    const expected = [...new Set(mentions.map(([, name]) => name))];
    assert.deepEqual(addressedAgents(text, main, team), expected, text);
  }
});
