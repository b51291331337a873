import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Approval } from '../../src/protocol/index.ts';
import { temporaryFolder } from '../support/app.ts';
import { type ModelServer, startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { type Frame, type RawClient, rawClient } from '../support/raw-client.ts';
import { startServerProcess } from '../support/server-process.ts';

/** What a real agent wants to do is asked in the chat, and what people answer reaches its model. */

const timeout = { timeout: 300_000 };

interface Room {
  readonly client: RawClient;
  readonly model: ModelServer;
  readonly project: string;
  /** Gives the agent work whose model runs these commands, and waits for the first question. */
  work(marker: string, ...commands: readonly string[]): Promise<Approval>;
  question(): Promise<Approval>;
  answer(approval: Approval, body: object): Promise<Response>;
  answered(approval: Approval): Promise<Approval>;
  /** How the task ended. */
  end(approval: Approval): Promise<Frame>;
  /** The last that the model was told in a script. */
  toldModel(marker: string): string;
}

async function openRoom(t: TestContext, ...args: readonly string[]): Promise<Room> {
  const model = await startModelServer();
  t.after(() => model.close());
  const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
  const folder = temporaryFolder();
  const agent = ['--agent', 'opencode', '--owner', 'olga', '--first-agent', 'elad'];
  const { runtime } = await startServerProcess(t, { folder, args: [...agent, ...args], env });
  const client = await rawClient(t, runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: runtime.token, subscribe: ['*'] });
  await client.ever((frame) => frame.type === 'server_status' && frame.data.worker !== null);
  const isOf =
    (type: string, { approval_id }: Approval) =>
    (frame: Frame) =>
      frame.type === type && frame.data.approval_id === approval_id;
  const question = async () => (await client.nextOf('approval_requested')).data as unknown as Approval;
  return {
    client,
    model,
    project: join(folder, '.opencode-slack', 'playground'),
    question,
    work(marker, ...commands) {
      const steps = commands.map((command) => ({
        tools: [{ name: 'bash', input: { command, description: 'A command' } }],
      }));
      model.script(marker, [...steps, { text: 'That is all.' }]);
      client.send({ type: 'chat_message', text: `@elad run ${marker}` });
      return question();
    },
    answer: ({ approval_id }, body) =>
      fetch(`${runtime.http_url}/approvals/${approval_id}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${runtime.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    answered: async (approval) =>
      (await client.ever(isOf('approval_answered', approval))).data as unknown as Approval,
    end: ({ task_id }) =>
      client.ever(
        ({ type, data }) =>
          type === 'task_notification' &&
          data.task_id === task_id &&
          ['completed', 'failed', 'stopped'].includes(String(data.type)),
      ),
    toldModel: (marker) =>
      model.requests
        .findLast((request) => request.marker === marker && request.tools.length > 0)
        ?.messages.at(-1)?.text ?? '',
  };
}

test(
  'a command waits for approval; denied with a sentence, the model reads it; allowed, it runs',
  timeout,
  async (t) => {
    const room = await openRoom(t, '--approval-timeout', '0.08');
    const { client, model, project } = room;

    await t.test('denied with a sentence', async () => {
      const asked = await room.work('DENIED', 'touch denied.txt && echo done');
      assert.deepEqual(
        [asked.agent_name, asked.group, asked.command, asked.status, asked.approvers],
        ['elad', 'execute', 'touch denied.txt && echo done', 'pending', ['olga']],
      );
      const waiting = await client.ever((frame) => frame.data.status === 'waiting');
      assert.match(
        String(waiting.data.reason),
        /^Waits for approval by olga: touch denied\.txt && echo done$/,
      );
      const answer = { answer: 'deny', sentence: 'Leave the tree clean: use a test instead.' };
      assert.equal((await room.answer(asked, answer)).status, 200);
      assert.equal((await room.end(asked)).data.type, 'completed');
      assert.match(
        room.toldModel('DENIED'),
        /olga denied this and says: Leave the tree clean: use a test instead\./,
      );
      assert.ok(!existsSync(join(project, 'denied.txt')));
      const second = await room.answer(asked, { answer: 'once' });
      assert.deepEqual(
        [second.status, await second.json()],
        [409, { error: 'olga answered that already: denied.', code: 'not_pending' }],
      );
    });

    await t.test('a fetch denied with a sentence', async () => {
      const fetch = { name: 'webfetch', input: { url: 'http://127.0.0.1:1/', format: 'text' } };
      model.script('FETCHES', [{ tools: [fetch] }, { text: 'That is all.' }]);
      client.send({ type: 'chat_message', text: '@elad run FETCHES' });
      const asked = await room.question();
      assert.deepEqual([asked.group, asked.title], ['fetch', 'http://127.0.0.1:1/']);
      await room.answer(asked, { answer: 'deny', sentence: 'Work offline.' });
      assert.equal((await room.end(asked)).data.type, 'completed');
      assert.match(room.toldModel('FETCHES'), /olga denied this and says: Work offline\./);
    });

    await t.test('allowed once, then always in this task', async () => {
      const first = await room.work(
        'ALLOWED',
        'echo one > one.txt',
        'echo two > two.txt',
        'echo 3 > three.txt',
      );
      await room.answer(first, { answer: 'once' });
      const second = await room.question();
      assert.equal(second.command, 'echo two > two.txt');
      assert.ok(existsSync(join(project, 'one.txt')));
      assert.match(second.always_means, /every command in this task/);
      await room.answer(second, { answer: 'always' });
      assert.equal((await room.end(second)).data.type, 'completed');
      assert.ok(existsSync(join(project, 'three.txt')));
    });

    await t.test('not answered in time', async () => {
      const asked = await room.work('EXPIRES', 'touch late.txt');
      assert.equal((await room.answered(asked)).status, 'expired');
      assert.equal((await room.end(asked)).data.type, 'completed');
      assert.match(room.toldModel('EXPIRES'), /Nobody of the team answered in time/);
      assert.ok(!existsSync(join(project, 'late.txt')));
    });

    await t.test('stopped while it waits', async () => {
      const asked = await room.work('STOPPED', 'touch stopped.txt');
      client.send({ type: 'stop_task', task_id: asked.task_id });
      assert.equal((await room.end(asked)).data.type, 'stopped');
      assert.equal((await room.answered(asked)).status, 'cancelled', 'it did not wait for the deadline');
      assert.ok(!existsSync(join(project, 'stopped.txt')));
    });
  },
);
