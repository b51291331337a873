import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../../test/support/app.ts';
import { createLocalBus } from '../bus/bus.ts';
import { createConversations } from '../chat/conversations.ts';
import { createMessages } from '../chat/messages.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import type { AgentProgram, JournalEvent } from '../protocol/index.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { createKnowledge } from '../team/knowledge.ts';
import { readRoles } from '../team/roles.ts';
import { createTeam } from '../team/team.ts';
import { createTasks } from './tasks.ts';
import { createWorkers } from './workers.ts';

const program: AgentProgram = {
  kind: 'demo',
  name: 'demo',
  version: null,
  model: null,
  reason: 'for the test',
};

/** The domain on a real store, with elad hired and a worker connected. */
const anna = { actor: 'anna', address: '192.0.2.7', device: 'a test' };

async function house(t: TestContext, graceMs = 60_000) {
  const clock = systemClock;
  const log = createLog('error');
  const bus = createLocalBus(log);
  const events: JournalEvent[] = [];
  bus.subscribe((batch) => void events.push(...batch));
  const path = join(temporaryFolder(), 'chat.db');
  const store = await openSqliteStore({ path, onCommit: (batch) => bus.publish(batch) });
  const roles = readRoles([]);
  const initialState = () => ({ state: 'idle' as const, reason: null });
  const team = await createTeam({ store, bus, clock, roles, initialState });
  await team.hire({ name: 'elad', role: 'developer', smartness: 'normal' }, anna);
  const conversations = await createConversations({ store, bus, team, clock });
  const messages = createMessages({ store, team, conversations, clock });
  const tasks = createTasks({
    store,
    team,
    clock,
    knowledge: createKnowledge({ store, team, clock, roles }),
    chainMax: 20,
    chainRate: 10,
    workerState: () => workers.state(),
  });
  const workers = createWorkers({ store, tasks, clock, log, isStarting: () => false, graceMs });
  const connection = {};
  await workers.ready({ worker_id: 'w1', program, running: [] }, connection);
  t.after(async () => {
    workers.close();
    await store.close();
  });
  const say = async (text: string) =>
    (await messages.post({ sender: 'anna', text, conversation_id: 'main' })).message;
  const status = async () => (await store.listAgentStatuses())[0];
  const said = () => events.flatMap((event) => (event.type === 'chat_message' ? [event.data] : []));
  return { store, team, tasks, workers, connection, events, say, said, status };
}

test('a message asks an agent once, however often it is handed over', async (t) => {
  const { tasks, say, said } = await house(t);
  const message = await say('@elad add a footer');
  const [first, second] = await Promise.all([
    tasks.assignFromMessage(message, 'elad'),
    tasks.assignFromMessage(message, 'elad'),
  ]);
  assert.equal(first?.task_id, second?.task_id);
  const acknowledgements = said().filter((one) => one.metadata.kind === 'acknowledgement');
  assert.equal(acknowledgements.length, 1);
  assert.match(acknowledgements[0]?.text ?? '', /add a footer/);
  assert.equal(acknowledgements[0]?.sender, 'elad-bot');
  assert.equal(acknowledgements[0]?.reply_to, message.id);
});

test('an agent does one task at a time; the next one waits and is told so', async (t) => {
  const { tasks, say, said, status } = await house(t);
  const first = await tasks.assignFromMessage(await say('@elad add a footer'), 'elad');
  assert.ok(first);
  assert.equal((await tasks.claim(first.task_id, 'w1')).claimed, true);
  const second = await tasks.assignFromMessage(await say('@elad change the title'), 'elad');
  assert.ok(second);
  assert.match(said().at(-1)?.text ?? '', /still at “add a footer”.*next/);
  assert.equal((await tasks.claim(second.task_id, 'w1')).claimed, false);
  assert.deepEqual([(await status())?.status, (await status())?.queued_tasks], ['working', 1]);
  await tasks.finish(
    { task_id: first.task_id, outcome: 'completed', output: 'ok', reason: null, changes: [] },
    'w1',
  );
  assert.equal((await tasks.claim(second.task_id, 'w1')).claimed, true);
});

test('an agent at work answers at once how far it is, without a new task', async (t) => {
  const { tasks, say, said } = await house(t);
  const task = await tasks.assignFromMessage(await say('@elad add a footer'), 'elad');
  assert.ok(task);
  await tasks.claim(task.task_id, 'w1');
  const plan = [
    { content: 'look', status: 'completed' as const },
    { content: 'write', status: 'in_progress' as const },
  ];
  await tasks.report({ task_id: task.task_id, progress: 50, plan }, 'w1');
  assert.equal(await tasks.assignFromMessage(await say('@elad how is your progress?'), 'elad'), null);
  assert.equal(said().at(-1)?.text, "I'm at “add a footer” (50 %): write.");
});

test('a failed task says why and is never completed; a late report changes nothing', async (t) => {
  const { tasks, say, said, events, status } = await house(t);
  const task = await tasks.assignFromMessage(await say('@elad add a footer'), 'elad');
  assert.ok(task);
  await tasks.claim(task.task_id, 'w1');
  const failed = {
    task_id: task.task_id,
    outcome: 'failed' as const,
    output: '',
    reason: 'No credit left.',
    changes: [],
  };
  await tasks.finish(failed, 'w1');
  const late = await tasks.finish({ ...failed, outcome: 'completed', reason: null }, 'w1');
  assert.equal(late.status, 'failed');
  assert.match(said().at(-1)?.text ?? '', /could not finish “add a footer”.*No credit left\./);
  assert.equal((await status())?.status, 'failed');
  assert.equal(
    events.some((event) => event.type === 'task_completion'),
    false,
  );
});

test('a waiting task is cancelled at once; one at work is stopping until its worker ended it', async (t) => {
  const { tasks, say } = await house(t);
  const first = await tasks.assignFromMessage(await say('@elad add a footer'), 'elad');
  const second = await tasks.assignFromMessage(await say('@elad change the title'), 'elad');
  assert.ok(first && second);
  await tasks.claim(first.task_id, 'w1');
  assert.equal((await tasks.stop({ task_id: second.task_id }, 'anna')).status, 'stopped');
  assert.equal((await tasks.stop({ agent_name: 'elad' }, 'anna')).status, 'stopping');
  const ended = await tasks.finish(
    { task_id: first.task_id, outcome: 'stopped', output: '', reason: null, changes: [] },
    'w1',
  );
  assert.deepEqual([ended.status, ended.reason], ['stopped', 'Stopped by anna.']);
  await assert.rejects(tasks.stop({ agent_name: 'elad' }, 'anna'), { code: 'not_running' });
});

test('the tasks of a worker that stays away are interrupted; its agents are offline', async (t) => {
  const { tasks, workers, connection, say, said, status, store } = await house(t, 1);
  const task = await tasks.assignFromMessage(await say('@elad add a footer'), 'elad');
  assert.ok(task);
  await tasks.claim(task.task_id, 'w1');
  workers.gone('w1', connection);
  while ((await store.readTask(task.task_id))?.status === 'working') await new Promise(setImmediate);
  assert.equal((await tasks.get(task.task_id)).status, 'interrupted');
  assert.match(said().at(-1)?.text ?? '', /interrupted at “add a footer”/);
  assert.equal((await status())?.status, 'offline');
});

test('a worker that comes back in time goes on; one that was restarted has lost its tasks', async (t) => {
  const { tasks, workers, connection, say } = await house(t);
  const task = await tasks.assignFromMessage(await say('@elad add a footer'), 'elad');
  assert.ok(task);
  await tasks.claim(task.task_id, 'w1');
  workers.gone('w1', connection);
  const back = await workers.ready({ worker_id: 'w1', program, running: [task.task_id] }, {});
  assert.deepEqual([back.lost, (await tasks.get(task.task_id)).status], [[], 'working']);
  await workers.ready({ worker_id: 'w1', program, running: [] }, {});
  assert.equal((await tasks.get(task.task_id)).status, 'interrupted');
  const late = await workers.ready({ worker_id: 'w1', program, running: [task.task_id] }, {});
  assert.deepEqual(late.lost, [task.task_id]);
});

test('firing an agent ends its work and frees its name', async (t) => {
  const { team, tasks, say } = await house(t);
  const task = await tasks.assignFromMessage(await say('@elad add a footer'), 'elad');
  assert.ok(task);
  await tasks.claim(task.task_id, 'w1');
  await team.fire('elad', anna);
  const ended = await tasks.get(task.task_id);
  assert.deepEqual([ended.status, ended.reason], ['stopped', 'elad was fired by anna.']);
  assert.throws(() => team.agent('elad'), { code: 'unknown_agent' });
  await team.hire({ name: 'elad', role: 'designer', smartness: 'smart' }, anna);
  assert.equal(team.agent('elad').role, 'designer');
});

test('a report mentions the people that the answer names, and no agents', async (t) => {
  const { tasks, team, say, said } = await house(t);
  await team.join('anna', 'user');
  await team.join('omar', 'user');
  const task = await tasks.assignFromMessage(await say('@elad ask @anna about the footer'), 'elad');
  assert.ok(task);
  await tasks.claim(task.task_id, 'w1');
  const output = 'I need a text. @omar, can you write it? @elad goes on then.';
  const result = { outcome: 'completed', output, reason: null, changes: [] } as const;
  await tasks.finish({ task_id: task.task_id, ...result, changes: [] }, 'w1');
  assert.deepEqual(said().at(-1)?.mentions, ['omar']);
});
