import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ChangedFile } from '../../src/protocol/index.ts';
import { fromElad, isEnd, openAgentRoom, statesOf } from '../support/agent-room.ts';
import { temporaryFolder } from '../support/app.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import type { Frame } from '../support/raw-client.ts';

/** The main job, end to end: a mention in the chat, and a real file changed by the real opencode. */

const timeout = { timeout: 240_000 };

test(
  'the real opencode edits the real file, tells a model error, and goes on after its worker was killed',
  timeout,
  async (t) => {
    const model = await startModelServer();
    t.after(() => model.close());
    const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
    const room = await openAgentRoom(t, 'auto', env);
    const [program] = await room.programs();
    assert.deepEqual([program?.kind, program?.model], ['opencode', 'scripted/scripted']);

    const todos = (status: string) => ({
      todos: [
        { id: '1', content: 'Read the page', status: 'completed', priority: 'high' },
        { id: '2', content: 'Add the gradient', status, priority: 'high' },
      ],
    });
    const edit = {
      filePath: join(room.project, 'index.html'),
      oldString: '<body>',
      newString: '<body style="background: linear-gradient(#fff, #fc9)">',
    };
    model.script('add a gradient background', [
      { tools: [{ name: 'read', input: { filePath: edit.filePath } }] },
      { tools: [{ name: 'todowrite', input: todos('in_progress') }] },
      { tools: [{ name: 'edit', input: edit }] },
      { tools: [{ name: 'todowrite', input: todos('completed') }] },
      { text: 'The page has a gradient now.' },
    ]);
    const { told, end } = await room.ask('@elad add a gradient background to index.html');
    assert.equal(end.data.type, 'completed');
    assert.match(readFileSync(edit.filePath, 'utf8'), /linear-gradient\(#fff, #fc9\)/);
    assert.ok(
      told.some(({ type, data }) => type === 'task_notification' && data.progress === 50),
      'half of the plan',
    );
    const report = await room.client.ever(fromElad('task_completed'));
    assert.match(String(report.data.text), /The page has a gradient now\./);
    const [change] = (report.data.metadata as { changes: ChangedFile[] }).changes;
    assert.deepEqual([change?.path, change?.change, change?.added_lines], ['index.html', 'modified', 1]);
    assert.match(change?.diff ?? '', /^\+.*linear-gradient/m);

    model.script('change the footer', [
      { error: { status: 400, message: 'The credit is used up.', type: 'invalid_request_error' } },
    ]);
    const failed = await room.ask('@elad change the footer');
    assert.equal(failed.end.data.type, 'failed');
    const says = await room.client.ever(fromElad('task_failed'));
    assert.match(String(says.data.text), /could not finish “change the footer”.*The credit is used up\./);
    assert.equal(
      failed.told.some((frame) => frame.type === 'task_completion'),
      false,
    );
    assert.equal(statesOf(failed.told).at(-1), 'failed');

    model.script('paint the door', [
      { tools: [{ name: 'read', input: { filePath: edit.filePath } }] },
      { hang: 'Now I think about the colour' },
    ]);
    room.client.send({ type: 'chat_message', text: '@elad paint the door' });
    await model.waitForRequest(({ marker, step }) => marker === 'paint the door' && step === 1);
    room.killWorker();
    const isOf = (type: string) => (frame: Frame) =>
      frame.type === 'task_notification' && frame.data.type === type;
    const interrupted = await room.client.next(isOf('interrupted'));
    await room.client.ever(fromElad('task_interrupted'));
    model.script('paint the door', [{ text: 'The door is green.' }]);
    room.client.send({ type: 'continue_task', task_id: interrupted.data.task_id });
    const done = await room.client.next((frame) => isEnd(frame));
    assert.equal(done.data.type, 'completed');
    const last = model.requests.findLast(({ tools }) => tools.length > 0);
    const seen = last?.messages.map(({ text }) => text).join('\n') ?? '';
    assert.match(seen, /says to you[\s\S]*paint the door[\s\S]*<title>[\s\S]*Go on with it/);
  },
);
