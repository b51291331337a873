import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LockTarget, limits } from '../../src/protocol/index.ts';
import type { NewConversation } from '../../src/store/conversation-store.ts';
import type { LockAsk } from '../../src/store/file-store.ts';
import type { Store } from '../../src/store/store.ts';
import { anAgent, aTask, noon, type Subject } from '../support/store.ts';

const at = noon;
const secret = { private: true };

async function people(store: Store, ...names: string[]): Promise<void> {
  await Promise.all(names.map((name) => store.upsertPerson({ name, role: 'user', at })));
}

function channel(conversation_id: string, more: Partial<NewConversation> = {}): NewConversation {
  const open = { kind: 'channel', private: false, members: [], created_by: 'dana', at } as const;
  return { conversation_id, title: conversation_id, ...open, ...more };
}

const target = (path: string): LockTarget => ({ path, kind: 'file', key: path });
const folder = (path: string): LockTarget => ({ path, kind: 'folder', key: path });
const asks = (holder: string, ...targets: LockTarget[]): LockAsk => {
  return { holder, task_id: null, targets, reason: 'edit', at };
};

/** What one member can take of what all share. */
export function quotaContract(subject: Subject): void {
  test('one member who makes all the channels it can leaves room for the channels of others', async () => {
    const { store } = subject;
    await people(store, 'dana', 'omar');
    const make = (index: number, more: Partial<NewConversation> = {}) =>
      store.createConversation(channel(`n${index}`, more));
    for (let index = 0; index < limits.channelsPerMemberMax; index += 1) await make(index);
    const full = { code: 'limit_reached', message: /dana has made 50 channels\. Archive or delete/ };
    await assert.rejects(make(-1), full);
    await assert.rejects(make(-1, secret), full);
    await make(-1, { created_by: 'omar' });
    await make(-2, { kind: 'direct', members: ['omar'] });
  });

  test('one member who opens all the direct conversations it can leaves room for others', async () => {
    const { store } = subject;
    const others = Array.from({ length: limits.directsPerMemberMax + 1 }, (_, index) => `p${index}`);
    await people(store, 'dana', ...others);
    const open = (created_by: string, member: string) =>
      store.createConversation(
        channel(`${created_by} ${member}`, { kind: 'direct', created_by, members: [member] }),
      );
    for (const name of others.slice(1)) await open('dana', name);
    await assert.rejects(open('dana', 'p0'), {
      code: 'limit_reached',
      message: /dana has opened 500 direct/,
    });
    await open('p0', 'dana');
    await open('dana', 'p1');
  });

  test('channels and direct conversations each have a most of all members together', async () => {
    const { store } = subject;
    const makers = Math.ceil(limits.channelsMax / limits.channelsPerMemberMax);
    const names = Array.from({ length: makers + 1 }, (_, index) => `p${index}`);
    await people(store, ...names);
    const make = (index: number) =>
      store.createConversation(
        channel(`n${index}`, { created_by: names[Math.floor(index / limits.channelsPerMemberMax)] ?? '' }),
      );
    const all = Array.from({ length: limits.channelsMax }, (_, index) => make(index));
    await Promise.all(all);
    await assert.rejects(make(limits.channelsMax), { code: 'limit_reached', message: /There are 1,000/ });
    await store.createConversation(channel('d', { kind: 'direct', created_by: 'p0', members: ['p1'] }));
  });

  async function hire(...names: string[]): Promise<void> {
    for (const name of names) await subject.store.hireAgent(anAgent(name));
  }

  test('one asker with all the waiting tasks it can have leaves room for others', async () => {
    const { store } = subject;
    await hire('elad');
    const agents = Math.ceil(limits.queuedTasksPerAskerMax / limits.queuedTasksPerAskerAndAgentMax);
    let given = 0;
    const give = (agent_name: string, requested_by = 'dana') => {
      given += 1;
      return store.assignTask(aTask(`t${given}`, { agent_name, requested_by }));
    };
    for (let agent = 0; agent < agents; agent += 1) {
      await store.hireAgent(anAgent(`a${agent}`));
      for (let n = 0; n < limits.queuedTasksPerAskerAndAgentMax; n += 1) await give(`a${agent}`);
    }
    await assert.rejects(give('a0'), { code: 'queue_full', message: /a0 has 10 tasks of dana waiting/ });
    await assert.rejects(give('elad', 'Dana'), { code: 'queue_full', message: /Dana has 100 tasks waiting/ });
    await give('a0', 'omar');
    await give('elad', 'omar');
  });

  test('locks in the name of agents count for the member who asks, and others can lock', async () => {
    const { store } = subject;
    await hire('elad', 'dana', 'zoe', 'olga');
    const asked_by = 'mallory';
    const half = limits.locksPerMemberMax / 2;
    const files = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => target(`${name}/${index}`));
    for (const holder of ['elad', 'dana'])
      await store.acquireLocks({ ...asks(holder, ...files(holder, half)), asked_by });
    const more = { ...asks('zoe', target('z')), asked_by };
    await assert.rejects(store.acquireLocks(more), {
      code: 'limit_reached',
      message: /For others mallory can ask for at most 200/,
    });
    assert.equal((await store.acquireLocks(asks('zoe', target('z')))).acquired, true);
    assert.equal((await store.acquireLocks(asks('olga', target('o')))).acquired, true);
  });

  test('all members together hold and wait for a most of locks', async () => {
    const { store } = subject;
    await hire('elad');
    const files = Array.from({ length: limits.locksPerMemberMax }, (_, index) => index);
    const holders = limits.locksMax / limits.locksPerMemberMax;
    for (let index = 0; index < holders; index += 1) {
      await store.hireAgent(anAgent(`h${index}`));
      await store.acquireLocks(asks(`h${index}`, ...files.map((file) => target(`${index}/${file}`))));
    }
    const full = { code: 'limit_reached', message: /All members together can hold at most 10000/ };
    await assert.rejects(store.acquireLocks(asks('elad', target('one more'))), full);
    const ask = (requester: string, index: number) =>
      store.requestLock({ requester, task_id: null, target: target(`0/${index}`), reason: '', at: noon });
    const requesters = limits.lockRequestsMax / limits.lockRequestsPerMemberMax;
    for (let index = 1; index <= requesters; index += 1)
      for (let file = 0; file < limits.lockRequestsPerMemberMax; file += 1) await ask(`h${index}`, file);
    const wait = { code: 'limit_reached', message: /All members together wait for 2000 files already/ };
    await assert.rejects(ask('elad', 0), wait);
  });

  test('what one member requests in the name of agents counts for the member', async () => {
    const { store } = subject;
    await hire('elad', 'dana', 'zoe');
    await store.acquireLocks(asks('elad', folder('.')));
    const ask = (requester: string, index: number, asked_by = 'mallory') =>
      store.requestLock({
        ...{
          requester,
          asked_by,
          task_id: null,
          target: target(`${requester}/${index}`),
          reason: '',
          at: noon,
        },
      });
    const half = limits.lockRequestsPerMemberMax / 2;
    for (const requester of ['dana', 'zoe'])
      for (let index = 0; index < half; index += 1) await ask(requester, index);
    const full = { code: 'limit_reached', message: /mallory asked for others for 100 files already/ };
    await assert.rejects(ask('dana', -1), full);
    await ask('dana', -1, 'olga');
  });
}
