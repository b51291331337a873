import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type JournalEvent, type LockTarget, limits } from '../../src/protocol/index.ts';
import type { LockAsk } from '../../src/store/file-store.ts';
import { anAgent, aTask, claim, finish, noon, type Subject } from '../support/store.ts';

const later = (ms: number) => new Date(Date.parse(noon) + ms).toISOString();
const target = (path: string, kind: LockTarget['kind'] = 'file'): LockTarget => ({ path, kind, key: path });
const asks = (holder: string, ...targets: LockTarget[]): LockAsk => {
  return { holder, task_id: null, targets, reason: 'edit', at: noon };
};

export function lockContract(subject: Subject): void {
  beforeEach(async () => {
    for (const name of ['elad', 'dana', 'zoe']) await subject.store.hireAgent(anAgent(name));
    await subject.store.upsertPerson({ name: 'olga', role: 'admin', at: noon });
    subject.watched.news();
  });

  const held = async (now = noon) =>
    (await subject.store.listLocks(now)).map(({ holder, path }) => `${holder} ${path}`).sort();
  const lastOf = <T extends JournalEvent['type']>(type: T) =>
    subject.watched.events().findLast((event) => event.type === type)?.data as
      | Extract<JournalEvent, { type: T }>['data']
      | undefined;
  async function atWork(taskId: string, agent: string): Promise<LockAsk> {
    await subject.store.assignTask(aTask(taskId, { agent_name: agent }));
    await subject.store.stepTask(claim(taskId, 'w1'));
    subject.watched.news();
    return { ...asks(agent, target('a.ts')), task_id: taskId, worker_id: 'w1' };
  }

  test('a lock is held until it is released; everybody hears both', async () => {
    const { store, watched } = subject;
    const { acquired, locks, had } = await store.acquireLocks(asks('ELAD', target('a.ts')));
    const lock = {
      lock_id: locks[0]?.lock_id ?? 0,
      path: 'a.ts',
      kind: 'file',
      holder: 'elad',
      task_id: null,
      reason: 'edit',
      locked_at: noon,
      expires_at: later(limits.lockTermMs),
    };
    assert.deepEqual([acquired, locks, had], [true, [lock], [false]]);
    assert.deepEqual(lastOf('file_locked'), { locks: [lock] });
    assert.deepEqual(await store.listLocks(noon), [lock]);
    const again = await store.acquireLocks(asks('elad', target('a.ts')));
    assert.deepEqual([again.acquired, again.had], [true, [true]]);
    assert.deepEqual(watched.news(), ['file_locked']);

    const release = {
      holder: 'elad',
      targets: [target('a.ts')],
      why: 'released',
      by: 'olga',
      at: noon,
    } as const;
    assert.deepEqual(await store.releaseLocks({ ...release, holder: 'dana' }), []);
    assert.deepEqual(await store.releaseLocks(release), [lock]);
    assert.deepEqual(lastOf('file_released'), {
      locks: [lock],
      why: 'released',
      by: 'olga',
      timestamp: noon,
    });
    assert.deepEqual(await store.releaseLocks(release), []);
    assert.deepEqual(watched.news(), ['file_released']);
  });

  test('a lock for no task lasts as long as was asked for, handed over too', async () => {
    const { store } = subject;
    const term_ms = 60_000;
    await store.acquireLocks({ ...asks('elad', target('a.ts')), term_ms });
    const wanted = { requester: 'dana', task_id: null, target: target('a.ts'), reason: '', term_ms };
    await store.requestLock({ ...wanted, at: noon });
    const [lock] = await store.listLocks(noon);
    assert.equal(lock?.expires_at, later(term_ms));
    // It expires, and is dana's for as long.
    await store.tendLocks(later(term_ms));
    const [next] = await store.listLocks(later(term_ms));
    assert.deepEqual([next?.holder, next?.expires_at], ['dana', later(2 * term_ms)]);
  });

  test('several files are locked all or not at all', async () => {
    const { store, watched } = subject;
    await store.acquireLocks(asks('elad', target('b.ts')));
    watched.news();
    const refused = await store.acquireLocks(asks('dana', target('a.ts'), target('b.ts')));
    assert.equal(refused.acquired, false);
    assert.deepEqual(
      refused.locks.map((lock) => lock?.holder ?? null),
      [null, 'elad'],
    );
    assert.deepEqual(await held(), ['elad b.ts']);
    assert.deepEqual(watched.news(), []);
  });

  test('folders and globs are in the way of what is in them, for everybody else', async () => {
    const { store } = subject;
    await store.acquireLocks(asks('elad', target('src', 'folder'), target('docs/*.md', 'glob')));
    for (const wanted of [
      target('src/a.ts'),
      target('src/lib', 'folder'),
      target('**/*.ts', 'glob'),
      target('.', 'folder'),
      target('docs/a.md'),
      target('docs/a*', 'glob'),
    ]) {
      assert.equal((await store.acquireLocks(asks('dana', wanted))).acquired, false, wanted.path);
    }
    const own = await store.acquireLocks(asks('elad', target('src/a.ts')));
    assert.deepEqual([own.acquired, own.had], [true, [true]]);
    assert.equal((await store.acquireLocks(asks('dana', target('docs/x/a.md')))).acquired, true);
    assert.equal((await store.acquireLocks(asks('dana', target('srcs', 'folder')))).acquired, true);
  });

  test('of many who ask at one instant exactly one gets it, thousands of times', async () => {
    const { store } = subject;
    const members = ['elad', 'dana', 'zoe', 'olga'];
    const forms = [target('src', 'folder'), target('src/*.ts', 'glob'), target('src/a.ts')];
    for (let round = 0; round < 1_000; round += 1) {
      const answers = await Promise.all(
        members.map((member, index) =>
          store.acquireLocks(asks(member, forms[(round + index) % forms.length] as LockTarget)),
        ),
      );
      const winners = members.filter((_, index) => answers[index]?.acquired === true);
      assert.equal(winners.length, 1, `round ${round}: ${winners.join(', ')}`);
      const all = { targets: null, why: 'released', by: null, at: noon } as const;
      const released = await Promise.all(members.map((holder) => store.releaseLocks({ ...all, holder })));
      assert.equal(released.flat().length, 1);
    }
  });

  test('a lock ends by itself; what is held for a task at work is put off', async () => {
    const { store, watched } = subject;
    await store.acquireLocks(await atWork('t1', 'elad'));
    await store.acquireLocks(asks('dana', target('b.ts')));
    watched.news();
    const soon = later(limits.taskLockTermMs / 2);
    await store.tendLocks(later(limits.taskLockTermMs / 2 - 1));
    assert.deepEqual(watched.news(), []);
    await store.tendLocks(soon);
    assert.deepEqual(watched.news(), ['file_locked']);
    assert.equal(lastOf('file_locked')?.locks[0]?.expires_at, later(limits.taskLockTermMs * 1.5));

    const end = later(limits.lockTermMs);
    assert.equal((await store.acquireLocks({ ...asks('zoe', target('a.ts')), at: end })).acquired, false);
    assert.equal(lastOf('file_released')?.why, 'expired');
    assert.equal((await store.acquireLocks({ ...asks('zoe', target('b.ts')), at: end })).acquired, true);
    await store.tendLocks(end);
    assert.deepEqual(await held(end), ['elad a.ts', 'zoe b.ts']);
  });

  test('locks end in the very operation that ends their task, however it ends', async () => {
    const { store, watched } = subject;
    for (const [index, outcome] of (['completed', 'failed', 'stopped', 'interrupted'] as const).entries()) {
      const taskId = `t${index}`;
      await store.acquireLocks(await atWork(taskId, 'elad'));
      await store.stepTask(finish(taskId, 'failed', { to: outcome, notification: outcome }));
      const last = watched.batches.at(-1)?.map(({ type }) => type);
      assert.ok(last?.includes('task_notification') && last.includes('file_released'), outcome);
      assert.equal(lastOf('file_released')?.why, 'task_ended');
      assert.deepEqual(await held(), []);
    }
  });

  test('a fired agent holds nothing, and asks for nothing any more', async () => {
    const { store } = subject;
    await store.acquireLocks(await atWork('t1', 'elad'));
    await store.acquireLocks(asks('elad', target('src', 'folder')));
    await store.acquireLocks(asks('dana', target('b.ts')));
    const ask = { requester: 'elad', task_id: null, target: target('b.ts'), reason: '', at: noon };
    const { request } = await store.requestLock(ask);
    await store.fireAgent('elad', 'Fired.', noon);
    assert.deepEqual(await held(), ['dana b.ts']);
    assert.equal((await store.readLockRequest(request?.lock_request_id ?? 0))?.status, 'denied');
  });

  test('a worker gets files only for a task that is at work there', async () => {
    const { store } = subject;
    const ask = await atWork('t1', 'elad');
    await assert.rejects(store.acquireLocks({ ...ask, worker_id: 'w2' }), { code: 'not_running' });
    await assert.rejects(store.acquireLocks({ ...ask, holder: 'dana' }), { code: 'not_running' });
    await assert.rejects(store.acquireLocks({ ...ask, task_id: 'none' }), { code: 'not_found' });
    await store.stepTask(finish('t1', 'completed'));
    await assert.rejects(store.acquireLocks(ask), { code: 'not_running' });
    await assert.rejects(store.acquireLocks(asks('nobody', target('a.ts'))), { code: 'unknown_member' });
    assert.deepEqual(await held(), []);
  });

  test('nobody holds more than the limits allow, and a refusal takes nothing', async () => {
    const { store } = subject;
    const files = (count: number, more: string) =>
      Array.from({ length: count }, (_, index) => target(`${more}${index}.ts`));
    await store.acquireLocks(asks('elad', ...files(limits.locksPerMemberMax - 1, 'a')));
    await assert.rejects(store.acquireLocks(asks('elad', ...files(2, 'b'))), { code: 'limit_reached' });
    assert.equal((await held()).length, limits.locksPerMemberMax - 1);
    const globs = files(limits.globLocksPerMemberMax + 1, 'g*').map(({ path }) => target(path, 'glob'));
    await assert.rejects(store.acquireLocks(asks('dana', ...globs)), { code: 'limit_reached' });
    assert.equal((await store.acquireLocks(asks('dana', ...globs.slice(1)))).acquired, true);
  });

  test('who asks for a file gets it when it is handed over', async () => {
    const { store, watched } = subject;
    const ask = { requester: 'dana', task_id: null, target: target('src/a.ts'), reason: 'please', at: noon };
    assert.deepEqual(await store.requestLock(ask), { outcome: 'not_locked', request: null });
    await store.acquireLocks(asks('elad', target('src', 'folder')));
    assert.equal((await store.requestLock({ ...ask, requester: 'elad' })).outcome, 'own');
    watched.news();
    const { outcome, request } = await store.requestLock(ask);
    assert.deepEqual([outcome, request?.holder, request?.status], ['sent', 'elad', 'pending']);
    assert.equal((await store.requestLock(ask)).outcome, 'exists');
    assert.deepEqual(watched.news(), ['lock_request_update']);
    assert.deepEqual(await store.listLockRequests(), [request]);

    const answer = {
      lock_request_id: request?.lock_request_id ?? 0,
      status: 'approved',
      by: 'olga',
      at: noon,
    } as const;
    const approved = await store.resolveLockRequest(answer);
    assert.deepEqual([approved.status, approved.resolved_by], ['approved', 'olga']);
    assert.deepEqual(watched.news(), ['file_released', 'lock_request_update', 'file_locked']);
    assert.equal(lastOf('file_released')?.why, 'handed_over');
    assert.deepEqual(await held(), ['dana src/a.ts']);
    assert.deepEqual(await store.resolveLockRequest({ ...answer, status: 'denied' }), approved);
    await assert.rejects(store.resolveLockRequest({ ...answer, lock_request_id: 99 }), { code: 'not_found' });
  });

  test('a denied request changes nothing', async () => {
    const { store } = subject;
    await store.acquireLocks(asks('elad', target('a.ts')));
    const ask = { requester: 'dana', task_id: null, target: target('a.ts'), reason: '', at: noon };
    const { request } = await store.requestLock(ask);
    const answer = {
      lock_request_id: request?.lock_request_id ?? 0,
      status: 'denied',
      by: 'elad',
      at: noon,
    } as const;
    assert.equal((await store.resolveLockRequest(answer)).status, 'denied');
    assert.deepEqual(await held(), ['elad a.ts']);
    assert.deepEqual(await store.listLockRequests(), []);
  });

  test('who waits in line has the file as soon as it is free, the first first', async () => {
    const { store } = subject;
    const [first, second] = [await atWork('t1', 'elad'), await atWork('t2', 'dana')];
    await store.acquireLocks(first);
    assert.equal((await store.acquireLocks({ ...second, wait: true })).acquired, false);
    assert.equal((await store.acquireLocks({ ...asks('zoe', target('a.ts')), wait: true })).acquired, false);
    await store.stepTask(finish('t1', 'completed'));
    assert.deepEqual(await held(), ['dana a.ts']);
    assert.equal((await store.listLocks(noon))[0]?.task_id, 't2');
    const waiting = await store.listLockRequests();
    assert.deepEqual(
      waiting.map(({ requester, holder }) => [requester, holder]),
      [['zoe', 'dana']],
    );
    await store.stepTask(finish('t2', 'completed'));
    assert.deepEqual(await held(), ['zoe a.ts']);
    assert.deepEqual(await store.listLockRequests(), []);
  });

  test('what was wanted for a task is not wanted any more when it ends', async () => {
    const { store } = subject;
    await store.acquireLocks(asks('olga', target('a.ts')));
    await store.acquireLocks({ ...(await atWork('t1', 'elad')), wait: true });
    await store.stepTask(finish('t1', 'failed'));
    assert.equal(lastOf('lock_request_update')?.status, 'withdrawn');
    assert.deepEqual(await store.listLockRequests(), []);
    const none = await store.releaseLocks({
      holder: null,
      targets: null,
      why: 'forced',
      by: 'olga',
      at: noon,
    });
    assert.equal(none.length, 1);
    assert.deepEqual(await held(), []);
  });

  test('nobody waits for more files than the limit allows', async () => {
    const { store } = subject;
    await store.acquireLocks(asks('elad', target('.', 'folder')));
    const ask = (index: number) =>
      store.requestLock({
        requester: 'dana',
        task_id: null,
        target: target(`${index}`),
        reason: '',
        at: noon,
      });
    for (let index = 0; index < limits.lockRequestsPerMemberMax; index += 1) await ask(index);
    await assert.rejects(ask(-1), { code: 'limit_reached' });
  });
}
