import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ChangedFile, Task } from '../../src/protocol/index.ts';
import { fromElad, isEnd, openAgentRoom, statesOf } from '../support/agent-room.ts';
import { temporaryFolder } from '../support/app.ts';
import type { Frame } from '../support/raw-client.ts';

/** The main job, end to end: a mention in the chat, and a real file changed by the demo agent. */

const timeout = { timeout: 240_000 };

test(
  'the demo agent edits the real file; acknowledgement, progress, diff and completion are in the chat',
  timeout,
  async (t) => {
    const room = await openAgentRoom(t, 'demo');
    const { told, end, taskId } = await room.ask('@elad add a gradient background to index.html');
    assert.equal(end.data.type, 'completed');
    assert.match(
      readFileSync(join(room.project, 'index.html'), 'utf8') +
        readFileSync(join(room.project, 'style.css'), 'utf8'),
      /linear-gradient/,
    );
    assert.match(String(told.find(fromElad('acknowledgement'))?.data.text), /gradient/);
    const steps = told
      .filter((frame) => frame.type === 'task_notification')
      .map((frame) => String(frame.data.type));
    assert.deepEqual([steps[0], steps[1], steps.at(-1)], ['assigned', 'started', 'completed']);
    const percentages = told.flatMap(({ type, data }) =>
      type === 'task_notification' ? [Number(data.progress)] : [],
    );
    assert.ok(
      percentages.some((percent) => percent > 0 && percent < 100),
      String(percentages),
    );
    const completion = await room.client.ever((frame) => frame.type === 'task_completion');
    const [change] = completion.data.changes as ChangedFile[];
    assert.match(change?.diff ?? '', /^\+.*linear-gradient/m);
    const report = await room.client.ever(fromElad('task_completed'));
    assert.match(String(report.data.text), /Done: add a gradient.*demo/s);
    assert.deepEqual(statesOf(told).slice(-2), ['working', 'completed']);
    room.client.send({ type: 'get_task', task_id: taskId, request_id: 'task' });
    const { task } = (await room.client.next((frame) => frame.request_id === 'task')).data as { task: Task };
    assert.equal(task.status, 'completed');
    assert.ok(task.tools.some((tool) => tool.kind === 'edit' && tool.status === 'completed'));
    assert.ok(task.plan.length > 0 && task.plan.every((entry) => entry.status === 'completed'));
    const [program] = await room.programs();
    assert.deepEqual([program?.kind, program?.name], ['demo', 'demo agent']);
  },
);

test(
  'a question is answered by the agent itself, and Stop ends its work within seconds',
  timeout,
  async (t) => {
    const room = await openAgentRoom(t, 'demo');
    await room.ask('@elad what can you do?');
    const answer = await room.client.ever(fromElad('task_completed'));
    assert.match(String(answer.data.text), /demo/);
    room.client.send({ type: 'chat_message', text: '@elad wait 60 seconds' });
    await room.client.next(({ type, data }) => type === 'task_notification' && data.type === 'progress');
    room.client.send({ type: 'stop_task', agent_name: 'elad', request_id: 'stop' });
    await room.client.next((frame) => isEnd(frame) && frame.data.type === 'stopped');
    const idle = await room.client.next(
      ({ type, data }) => type === 'agent_status_update' && data.status === 'idle',
    );
    assert.equal(idle.data.current_task, null);
  },
);

test('auto takes the demo agent when opencode is not set up, and says why', timeout, async (t) => {
  const home = temporaryFolder();
  const room = await openAgentRoom(t, 'auto', { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home });
  const [program] = await room.programs();
  assert.equal(program?.kind, 'demo');
  assert.match(program?.reason ?? '', /demo agent works here\. .*(model|provider)/i);
  const announced = (frame: Frame) => frame.type === 'chat_message' && frame.data.text === program?.reason;
  await room.client.ever(announced);
});
