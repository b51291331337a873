import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import type { HelpAsk, HelpGiven } from '../../src/store/help-store.ts';
import { anAgent, aTask, claim, finish, noon, type Subject, says } from '../support/store.ts';

const later = (minutes: number) => new Date(Date.parse(noon) + minutes * 60_000).toISOString();
const open = { status: 'open', limit: 100 } as const;

function asks(more: Partial<HelpAsk> = {}): HelpAsk {
  return {
    task_id: 't1',
    cause: 'no_progress',
    issue: 'Nothing new came of it for 10 minutes.',
    progress: '1 of 2 steps done',
    helpers: [{ name: 'bob', kind: 'agent', fits: ['CSS'] }],
    text: 'I am stuck.',
    reason: 'Nothing new. Asked bob for help.',
    timestamp: noon,
    ...more,
  };
}

const helps = (help_request_id: number, more: Partial<HelpGiven> = {}): HelpGiven => ({
  help_request_id,
  by: 'dana',
  text: 'Try the other file.',
  at: later(1),
  answer_id: 'a1',
  announcement: says('@elad Try the other file.', { client_message_id: 'said-a1' }),
  acknowledgement: says('Thanks.', {
    sender_name: 'elad',
    sender_kind: 'agent',
    client_message_id: 'thanks-a1',
  }),
  ...more,
});

export function helpContract(subject: Subject): void {
  beforeEach(async () => {
    const { store } = subject;
    await store.hireAgent(anAgent('elad'));
    await store.hireAgent(anAgent('bob'));
    await store.upsertPerson({ name: 'dana', role: 'admin', at: noon });
    await store.assignTask(aTask('t1'));
    await store.stepTask(claim('t1', 'w1'));
    subject.watched.news();
  });

  async function states() {
    const { store } = subject;
    const status = (await store.listAgentStatuses()).find(({ agent_name }) => agent_name === 'elad');
    return [(await store.readTask('t1'))?.status, status?.status, status?.reason];
  }

  test('a task that asks for help is stuck, and says so, until somebody helps', async () => {
    const { store, watched } = subject;
    const asked = await store.requestHelp(asks());
    const told = ['chat_message', 'help_request', 'task_notification', 'agent_status_update'];
    assert.deepEqual(watched.news(), told);
    assert.deepEqual(await states(), ['stuck', 'stuck', 'Nothing new. Asked bob for help.']);
    const message = await store.readMessage(asked.message_id);
    const { message_id: _, thread_id: __, ...card } = asked;
    assert.deepEqual(message?.metadata, { kind: 'help_request', task_id: 't1', help: card });
    assert.deepEqual([message?.sender_name, message?.mentions], ['elad', ['bob']]);
    assert.deepEqual(await store.listHelpRequests(open), [asked]);
    assert.deepEqual(await store.requestHelp(asks({ issue: 'again' })), asked);
    assert.deepEqual(watched.news(), []);

    const helped = await store.answerHelp(helps(asked.help_request_id));
    const answers = [{ by: 'dana', text: 'Try the other file.', at: later(1) }];
    assert.deepEqual(helped, { ...asked, status: 'answered', answers, ended_at: later(1) });
    assert.deepEqual(watched.news(), [
      'chat_message',
      'task_notification',
      'help_update',
      'task_notification',
      'agent_status_update',
      'chat_message',
    ]);
    assert.deepEqual(await states(), ['working', 'working', null]);
    const task = await store.readTask('t1');
    assert.deepEqual(
      task?.steers.map(({ text, by, when }) => [text, by, when]),
      [['Try the other file.', 'dana', 'now']],
    );
    const shown = (await store.readMessage(asked.message_id))?.metadata.help;
    assert.deepEqual(shown, { ...card, status: 'answered', answers, ended_at: later(1) });
    assert.deepEqual(await store.listHelpRequests(open), []);
    assert.deepEqual(await store.readHelpRequest(asked.help_request_id), helped);

    assert.deepEqual(await store.answerHelp(helps(asked.help_request_id)), helped);
    assert.deepEqual(watched.news(), []);
  });

  test('nobody answers their own request, one that is unknown, or one that is closed', async () => {
    const { store, watched } = subject;
    const { help_request_id: id } = await store.requestHelp(asks());
    watched.news();
    await assert.rejects(store.answerHelp(helps(id, { by: 'Elad' })), { code: 'forbidden' });
    await assert.rejects(store.answerHelp(helps(id + 1)), { code: 'not_found' });
    assert.deepEqual(watched.news(), []);
    await store.stepTask(finish('t1', 'failed', { from: ['stuck'] }));
    assert.equal((await store.readHelpRequest(id))?.status, 'closed');
    await assert.rejects(store.answerHelp(helps(id)), { code: 'not_pending' });
    await assert.rejects(store.requestHelp(asks()), { code: 'not_running' });
    await assert.rejects(store.requestHelp(asks({ task_id: 'none' })), { code: 'not_found' });
  });

  test('what goes on by itself needs no help any more', async () => {
    const { store, watched } = subject;
    const { help_request_id } = await store.requestHelp(asks());
    watched.news();
    await store.resumeTask({ task_id: 't1', at: later(1) });
    assert.deepEqual(watched.news(), ['task_notification', 'agent_status_update', 'help_update']);
    assert.deepEqual(await states(), ['working', 'working', null]);
    assert.equal((await store.readHelpRequest(help_request_id))?.status, 'closed');
    await store.resumeTask({ task_id: 't1', at: later(2) });
    assert.deepEqual(watched.news(), []);
  });

  test('to steer a stuck task helps it; what the server tells it does not', async () => {
    const { store } = subject;
    const { help_request_id } = await store.requestHelp(asks());
    const steer = (steer_id: string, by: string) => ({ steer_id, by, text: 'look', when: 'now' }) as const;
    const fromServer = says('look', { sender_name: 'system', sender_kind: 'system' });
    const nudged = { task_id: 't1', steer: steer('s1', 'system'), announcement: fromServer, at: later(1) };
    assert.equal((await store.steerTask(nudged)).status, 'stuck');
    const steered = { task_id: 't1', steer: steer('s2', 'dana'), announcement: says('look'), at: later(2) };
    assert.equal((await store.steerTask(steered)).status, 'working');
    const request = await store.readHelpRequest(help_request_id);
    assert.deepEqual([request?.status, request?.answers.length], ['answered', 1]);
  });

  test('a stuck task that asks people waits, and is stuck again when they have answered', async () => {
    const { store } = subject;
    await store.requestHelp(asks({ cause: 'asked' }));
    const { approval_id } = await store.requestApproval({
      task_id: 't1',
      worker_id: 'w1',
      call_id: 'c1',
      tool: 'execute',
      group: 'execute',
      scope: 'execute',
      title: 'npm test',
      command: 'npm test',
      input: null,
      paths: [],
      diff: '',
      always_means: 'every command',
      approvers: ['dana'],
      requested_at: noon,
      deadline: later(10),
      text: 'May I run this?',
      reason: 'Waits for dana.',
    });
    assert.deepEqual(await states(), ['waiting', 'waiting', 'Waits for dana.']);
    const answer = { approval_id, answer: 'once', sentence: '', by: 'dana', at: later(1) } as const;
    await store.answerApproval({ ...answer, status: 'allowed' });
    assert.deepEqual(await states(), ['stuck', 'stuck', 'Nothing new came of it for 10 minutes.']);
  });

  test('what nobody answers is raised to people once', async () => {
    const { store, watched } = subject;
    const { help_request_id } = await store.requestHelp(asks());
    watched.news();
    const announcement = says('Still stuck.', { client_message_id: 'raised' });
    const raise = () => store.escalateHelp({ help_request_id, announcement, at: later(5) });
    assert.equal(await raise(), true);
    assert.deepEqual(watched.news(), ['chat_message', 'help_update']);
    assert.equal(await raise(), false);
    assert.deepEqual(watched.news(), []);
    assert.equal((await store.readHelpRequest(help_request_id))?.escalated_at, later(5));
  });

  test('a task asks for help so often, and is told so much, and no more', async () => {
    const { store } = subject;
    for (let round = 1; round <= limits.helpRequestsPerTaskMax; round += 1) {
      await store.requestHelp(asks());
      await store.resumeTask({ task_id: 't1', at: noon });
    }
    await assert.rejects(store.requestHelp(asks()), { code: 'limit_reached' });
  });

  test('a request takes so many answers', async () => {
    const { store } = subject;
    const { help_request_id } = await store.requestHelp(asks());
    const answer = (n: number) =>
      store.answerHelp(helps(help_request_id, { answer_id: `a${n}`, announcement: null }));
    for (let n = 0; n < limits.helpAnswersMax; n += 1) await answer(n);
    await assert.rejects(answer(limits.helpAnswersMax), { code: 'not_pending' });
  });

  test('an agent that is fired needs no help', async () => {
    const { store } = subject;
    const { help_request_id } = await store.requestHelp(asks());
    await store.fireAgent('elad', 'fired', later(1));
    assert.equal((await store.readHelpRequest(help_request_id))?.status, 'closed');
  });

  test('what was done about agents is kept, the newest first, without what was private', async () => {
    const { store, watched } = subject;
    const done = { agent_name: 'elad', task_id: 't1', timestamp: noon, anomalies: ['It loops.'] };
    const how = { success: true, notes: 'told', action_taken: 'NUDGE' } as const;
    const taken = { ...done, ...how };
    const first = await store.addRecovery(taken);
    assert.deepEqual(watched.news(), ['agent_recovery']);
    const second = await store.addRecovery({ ...taken, agent_name: 'bob', action_taken: 'STOP' });
    assert.deepEqual(await store.listRecoveries(10), [second, first]);
    assert.deepEqual(await store.listRecoveries(10, 'elad'), [first]);
    assert.deepEqual(await store.listRecoveries(1), [second]);

    const { conversation_id } = await store.createConversation({
      conversation_id: 'c1',
      kind: 'channel',
      title: 'secret',
      private: true,
      members: ['elad'],
      created_by: 'dana',
      at: noon,
    });
    await store.assignTask(aTask('t2', { conversation_id }));
    const { anomalies } = await store.addRecovery({ ...taken, task_id: 't2' });
    assert.deepEqual(anomalies, ['It does not get on with a task in a private conversation.']);
  });
}
