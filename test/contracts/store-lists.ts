import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAgent, aTask, noon, type Subject } from '../support/store.ts';

/** Lists of what is in conversations: only what the viewer may see, in full pages. */
export function listsContract(subject: Subject): void {
  test('of 200 tasks a viewer finds the one that it may see, page by page and by filter', async () => {
    const { store } = subject;
    for (let n = 1; n <= 20; n += 1) await store.hireAgent(anAgent(`agent-${n}`));
    for (const name of ['dana', 'omar']) await store.upsertPerson({ name, role: 'developer', at: noon });
    const conversation_id = 'c_secret';
    const members = Array.from({ length: 20 }, (_, n) => `agent-${n + 1}`);
    await store.createConversation({
      ...{ conversation_id, kind: 'channel', title: 'secret', private: true, members },
      ...{ created_by: 'dana', at: noon },
    });
    const assign = (n: number, more: object = {}) =>
      store.assignTask({
        ...aTask(`t${n}`, { agent_name: `agent-${1 + (n % 20)}`, requested_by: n < 100 ? 'dana' : 'omar' }),
        ...more,
      });
    await assign(0);
    for (let n = 1; n < 200; n += 1) await assign(n, { conversation_id });
    const ids = async (query: Partial<Parameters<typeof store.listTasks>[0]>) =>
      (await store.listTasks({ limit: 200, ...query })).map(({ task_id }) => task_id);
    assert.deepEqual(await ids({ viewer: 'omar', limit: 1 }), ['t0']);
    assert.deepEqual(await ids({ viewer: 'omar' }), ['t0']);
    assert.equal((await ids({ viewer: 'dana' })).length, 200);
    assert.deepEqual(await ids({ viewer: null, limit: 2, before: 't10' }), ['t9', 't8']);
    assert.deepEqual(await ids({ agent_name: 'AGENT-2', limit: 2 }), ['t181', 't161']);
    assert.deepEqual([await ids({ status: 'ended' }), (await ids({ status: 'active' })).length], [[], 200]);
    assert.deepEqual(
      [await ids({ status: 'working' }), (await ids({ status: 'assigned' })).length],
      [[], 200],
    );
    assert.deepEqual(await ids({ before: 'none' }), []);
  });
}
