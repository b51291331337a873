import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAgent, aTask, type Subject } from '../support/store.ts';

export function askerContract(subject: Subject): void {
  test('who asked for a task that agents handed on is who asked for the first of its chain', async () => {
    const { store } = subject;
    for (const name of ['elad', 'dan', 'zoe']) await store.hireAgent(anAgent(name));
    const chain = (parent: string) => ({ parent, tasksMax: 9, rateMax: 9 });
    await store.assignTask(aTask('first', { requested_by: 'olga' }));
    const second = { agent_name: 'dan', requested_by: 'elad', chain: chain('first') };
    await store.assignTask(aTask('second', second));
    const third = { agent_name: 'zoe', requested_by: 'dan', chain: chain('second') };
    await store.assignTask(aTask('third', third));
    for (const id of ['first', 'second', 'third']) assert.equal(await store.readAsker(id), 'olga', id);
    assert.equal(await store.readAsker('none'), null);
  });
}
