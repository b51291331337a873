import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { chatMessage, furnish } from '../../test/support/chat-script.ts';
import { type Cli, openCli } from '../../test/support/cli-process.ts';
import { type FakeServer, startFakeServer } from '../../test/support/fake-server.ts';
import type { HelpRequest } from '../protocol/index.ts';

let server: FakeServer;
let cli: Cli;

beforeEach(async () => {
  server = await startFakeServer();
  furnish(server);
  cli = openCli({ OPENCODE_SLACK_SERVER: server.url, OPENCODE_SLACK_TOKEN: 'secret' });
});

afterEach(async () => {
  await cli.close();
  await server.stop();
});

function request(id: number, more: Partial<HelpRequest> = {}): HelpRequest {
  return {
    help_request_id: id,
    message_id: id + 50,
    thread_id: null,
    task_id: 't1',
    task: 'make the tests pass',
    conversation_id: 'main',
    cause: 'repeating',
    status: 'open',
    answers: [],
    escalated_at: null,
    timestamp: '2026-01-02T12:00:00.000Z',
    ended_at: null,
    agent_name: 'elad',
    issue: '"npm test" failed 5 times in the same way.\u001b[2J',
    progress: 'nothing seen yet',
    helpers: [{ name: 'bob', kind: 'agent', fits: ['testing'] }],
    ...more,
  };
}

test('who is stuck is listed and helped by its number, or when it is the only one', async () => {
  let open = [request(8, { agent_name: 'dana', helpers: [] }), request(7)];
  const given: unknown[] = [];
  server.answer('get_help_requests', () => ({ type: 'ack', data: { help_requests: open, has_more: false } }));
  server.answer('answer_help', ({ fields }) => {
    given.push(fields);
    open = open.filter(({ help_request_id }) => help_request_id !== fields.help_request_id);
    const data = chatMessage(60 + given.length, 'elad', `Thanks (${given.length}).`, {});
    server.broadcast({ type: 'chat_message', data });
    return { type: 'ack', data: { help_request: request(Number(fields.help_request_id)) } };
  });
  const chat = cli.run(['chat']);
  await chat.says(/You are ann/);
  chat.type('/stuck');
  await chat.says(/#57 elad: "npm test" failed 5 times in the same way\.\S* *\n.*so far: nothing seen yet/);
  await chat.says(/#58 dana/);
  await chat.says(/asked: nobody in particular/);
  chat.type('/answer try again');
  await chat.says(/Several need help\. Say whom you answer: #57 elad; #58 dana/);
  chat.type('/answer 58 Use the other table.');
  await chat.says(/Thanks \(1\)/);
  chat.type('/answer 99 No.');
  await chat.says(/No request for help has the number 99/);
  chat.type('/answer Install it first.');
  await chat.says(/Thanks \(2\)/);
  chat.type('/stuck');
  await chat.says(/No agent needs help\./);
  assert.deepEqual(given, [
    { help_request_id: 8, text: 'Use the other table.' },
    { help_request_id: 7, text: 'Install it first.' },
  ]);
});

test('how agents get on is told in the shell', async () => {
  const health = {
    total_agents: 1,
    healthy_agents: 0,
    stuck_agents: 1,
    stagnant_agents: 0,
    error_agents: 0,
    agent_details: {
      elad: {
        health_status: 'STUCK',
        worker_status: 'stuck',
        current_task: 'make the tests pass',
        overall_progress: 0,
        reason: 'It loops.',
        last_progress_at: null,
      },
    },
  };
  const recovery = {
    recovery_id: 1,
    agent_name: 'elad',
    task_id: 't1',
    timestamp: '2026-01-02T12:00:00.000Z',
    anomalies: ['It loops.'],
    action_taken: 'NUDGE',
    success: true,
    notes: 'It was told to go another way.',
  };
  const recovery_summary = {
    total_recovery_attempts: 2,
    successful_recoveries: 2,
    failed_recoveries: 0,
    escalations: 1,
    agent_recovery_counts: { elad: 2 },
  };
  server.answer('get_agent_health', () => ({
    type: 'ack',
    data: { health, recovery_summary, recoveries: [recovery] },
  }));
  const told = cli.run(['monitor', 'elad']);
  await told.says(/1 agents: 0 healthy, 1 stuck, 0 stagnant, 0 in error/);
  await told.says(/elad: stuck \(stuck, at make the tests pass\)\. It loops\./);
  await told.says(/2 attempts, 0 failed; people were told 1 times/);
  await told.says(/2026-01-02T12:00:00\.000Z elad NUDGE: It was told to go another way\./);
});
