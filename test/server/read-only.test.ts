import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Task } from '../../src/protocol/index.ts';
import { openHouse, request } from '../support/played-worker.ts';
import { ask, bearer, tokenFor } from '../support/sign-in.ts';

test('REST asks read-only where it is told to: in a message, a task, a batch', async (t) => {
  const house = await openHouse(t);
  const dana = await house.comeIn('dana', 'developer');
  const token = bearer(await tokenFor('dana', 'developer'));
  const kindOf = async (description: string) => {
    const { data } = await dana.ever(
      (frame) => frame.data.type === 'assigned' && frame.data.task_description === description,
    );
    return (await request(dana, { type: 'get_task', task_id: data.task_id })).data.task as Task;
  };
  const post = async (path: string, body: object) =>
    assert.equal((await ask(house.app, 'POST', path, { body, ...token })).status, 200, path);

  await post('/chat/send', { message: '@elad why is it grey?', read_only: true });
  await post('/websocket/broadcast', { message: '@elad how wide is it?', read_only: true });
  await post('/tasks', { name: 'elad', task: 'where is the title?', read_only: true });
  const questions = { name: 'elad', task: 'which fonts are there?', read_only: true };
  await post('/tasks/batch', { tasks: [questions, { name: 'elad', task: 'make it blue' }] });
  for (const description of [
    'why is it grey?',
    'how wide is it?',
    'where is the title?',
    'which fonts are there?',
  ]) {
    assert.equal((await kindOf(description)).kind, 'question', description);
  }
  assert.equal((await kindOf('make it blue')).kind, 'work');
  const unsaid = { name: 'elad', task: 'x', read_only: 'yes' };
  assert.equal((await ask(house.app, 'POST', '/tasks', { body: unsaid, ...token })).status, 400);
  const tasks = [{ agent_name: 'elad', task: 'which colours?', kind: 'question' }];
  await request(dana, { type: 'assign_tasks', tasks });
  assert.equal((await kindOf('which colours?')).kind, 'question');
});
