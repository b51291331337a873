import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { anAgent, noon, type Subject } from '../support/store.ts';

export function knowledgeContract(subject: Subject): void {
  const note = (topic: string, text: string, agent_name = 'elad') =>
    subject.store.remember({ agent_name, topic, text, by: 'olga', at: noon });
  const texts = async (agent = 'elad') => (await subject.store.listNotes(agent)).map(({ text }) => text);

  test('each level has a model, or none, until it gets another', async () => {
    const { store } = subject;
    const none = (level: 'smart' | 'normal') => ({ level, model: null, description: '' });
    assert.deepEqual(await store.listModels(), [none('smart'), none('normal')]);
    const clever = { level: 'smart', model: 'lab/clever', description: 'costs more' } as const;
    assert.deepEqual(await store.setModel(clever), [clever, none('normal')]);
    assert.deepEqual(await store.setModel(none('smart')), [none('smart'), none('normal')]);
    assert.deepEqual(await store.listModels(), [none('smart'), none('normal')]);
  });

  test('an agent remembers, of a topic the newest, until it forgets or is fired', async () => {
    const { store } = subject;
    await store.hireAgent(anAgent('elad'));
    await store.hireAgent(anAgent('dana'));
    const first = await note('Style', 'tabs');
    assert.deepEqual(first, {
      note_id: first.note_id,
      topic: 'Style',
      text: 'tabs',
      told_by: 'olga',
      at: noon,
    });
    assert.equal((await note('STYLE', 'two blanks')).topic, 'Style', 'in any case');
    await note('people', 'ask olga');
    await note('people', 'of another', 'dana');
    assert.deepEqual(await texts(), ['tabs', 'two blanks', 'ask olga']);
    assert.equal(await store.forget('elad', { note_id: first.note_id }), 1);
    assert.equal(await store.forget('dana', { note_id: first.note_id }), 0);
    assert.equal(await store.forget('elad', { topic: 'style' }), 1);
    assert.deepEqual(await texts(), ['ask olga']);
    await Promise.all(
      Array.from({ length: limits.notesPerTopicMax + 5 }, (_, index) => note('many', `n${index}`)),
    );
    assert.deepEqual((await texts()).slice(1, 3), ['n5', 'n6']);
    assert.equal((await texts()).length, 1 + limits.notesPerTopicMax);
    await store.fireAgent('elad', 'fired', noon);
    assert.deepEqual(await texts(), []);
    assert.deepEqual(await texts('dana'), ['of another']);
    await assert.rejects(note('people', 'gone'), { code: 'unknown_agent' });
  });

  test('topics have a limit, and what is known may go on', async () => {
    await subject.store.hireAgent(anAgent('elad'));
    for (let index = 0; index < limits.memoryTopicsMax; index += 1) await note(`topic ${index}`, 'a');
    await assert.rejects(note('one more', 'a'), { code: 'limit_reached' });
    await note('topic 7', 'b');
    assert.equal(await subject.store.forget('elad', { topic: 'topic 3' }), 1);
    await note('one more', 'a');
  });
}
