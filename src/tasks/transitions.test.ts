import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { anAgent, aTask, noon } from '../../test/support/store.ts';
import { TaskStatus } from '../protocol/index.ts';
import { wrapDatabase } from '../store/sqlite/database.ts';
import { createJournalWriter } from '../store/sqlite/journal.ts';
import { migrate } from '../store/sqlite/migrations.ts';
import { createReads, createWrites } from '../store/sqlite/operations.ts';
import { hasEnded, type Transition, transitions } from './transitions.ts';

test('nothing leads out of an end, and every other state has a way to one', () => {
  const all: readonly Transition[] = Object.values(transitions);
  for (const status of TaskStatus.options) {
    const ways = all.filter(({ from }) => from.includes(status));
    if (hasEnded(status)) assert.deepEqual(ways, [], status);
    else
      assert.ok(
        ways.some(({ to }) => hasEnded(to)),
        status,
      );
  }
});

const agents = ['elad', 'zoe'];
const atWork = new Set(['working', 'waiting', 'stuck']);
const common = ['assign', 'claim', 'assign', 'claim', 'progress', 'offline', 'online'];
const step = fc.record({
  kind: fc.constantFrom(...common, ...Object.keys(transitions)),
  agent: fc.constantFrom(...agents),
  task: fc.nat(2),
});

test('whatever happens in whatever order, an agent says that it works exactly while it does', () => {
  const run = fc.property(fc.array(step, { minLength: 30, maxLength: 60 }), (facts) => {
    const db = wrapDatabase(new DatabaseSync(':memory:'));
    migrate(db);
    const writes = createWrites(db, createJournalWriter(db));
    const reads = createReads(db);
    for (const name of agents) writes.hireAgent(anAgent(name));
    for (const { kind, agent, task } of facts) {
      const task_id = `${agent}-${task}`;
      const worker = { reason: null, at: noon } as const;
      if (kind === 'assign') writes.assignTask(aTask(task_id, { agent_name: agent }));
      else if (kind === 'progress') writes.recordProgress({ task_id, worker_id: 'w', progress: 1, at: noon });
      else if (kind === 'offline')
        writes.setAgentStates({ ...worker, from: ['idle', 'completed', 'failed'], to: 'offline' });
      else if (kind === 'online') writes.setAgentStates({ ...worker, from: ['offline'], to: 'idle' });
      else if (reads.readTask(task_id)) {
        const transition: Transition = transitions[kind as keyof typeof transitions];
        const claims = kind === 'claim' ? { worker_id: 'w', exclusive: true } : {};
        writes.stepTask({ ...transition, ...claims, task_id, reason: null, announcement: null, at: noon });
      }
      assertTruth(reads);
    }
    db.close();
  });
  fc.assert(run, { numRuns: 60 });
});

function assertTruth(reads: ReturnType<typeof createReads>): void {
  const active = reads.listActiveTasks();
  for (const { agent_name, status, session_id, queued_tasks } of reads.listAgentStatuses()) {
    const own = active.filter((task) => task.agent_name === agent_name);
    const running = own.filter((task) => task.status !== 'assigned');
    assert.ok(running.length <= 1, `${agent_name} is at ${running.length} tasks`);
    assert.equal(atWork.has(status), running.length === 1, `${agent_name} says ${status}`);
    assert.equal(session_id, running[0]?.task_id ?? null);
    assert.equal(queued_tasks, own.length - running.length);
  }
}
