import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Task, TaskSummary } from '../../src/protocol/index.ts';
import { conversation, message, minutesAgo, notification, task } from './fake-team.ts';
import { artifacts, usePage } from './opened-page.ts';

describe('what an agent did', () => {
  const opened = usePage();
  const done = (id: string, given: Partial<Task> = {}) =>
    task(id, 'elad', {
      status: 'completed',
      description: `do ${id}`,
      ...{ created_at: minutesAgo(9), started_at: minutesAgo(8), ended_at: minutesAgo(5) },
      ...given,
    });
  const summary = (of: Task): TaskSummary => ({ ...of, thread_id: null });

  it('is in its panel, the newest first, with who asked, how it ended, and the message', async () => {
    const { page, server, problems } = opened;
    server.team.conversations.push(conversation('design'));
    server.team.messages.push(message(40, 'ruth', '@elad do t2', { conversation_id: 'design' }));
    const asked = { requested_by: 'ruth', conversation_id: 'design', message_id: 40 };
    const failed = done('t2', { ...asked, status: 'failed', reason: 'No paint.' });
    const all = [done('t3'), failed];
    server.answer('get_agent_tasks', ({ agent_name, before }) => {
      assert.equal(agent_name, 'elad');
      const older = before === undefined ? all : [done('t1')];
      return { tasks: older.map(summary), has_more: before === undefined };
    });
    server.answer('get_task', () => ({ task: all[0] }));
    await opened.signIn();
    await page.locator('[data-agent=elad]').click();
    const history = page.getByTestId('agent-history');
    const order = () => history.locator('li').evaluateAll((items) => items.map((item) => item.dataset.task));
    await history.locator('[data-task=t2] [data-state=failed]').waitFor();
    await page.getByTestId('task-view').getByText('do t3').waitFor();
    await history
      .locator('[data-task=t2]')
      .getByText('ruth')
      .getByText('took 3 min 0 s: No paint.')
      .waitFor();
    await history.getByRole('button', { name: 'Older tasks' }).click();
    await history.locator('[data-task=t1]').waitFor();
    assert.deepEqual(await order(), ['t3', 't2', 't1']);
    assert.equal(await history.getByRole('button', { name: 'Older tasks' }).count(), 0);
    await page.getByTestId('agent-panel').screenshot({ path: join(artifacts, 'page-history.png') });

    const running = task('t4', 'elad', { description: 'do t4' });
    all.unshift(running);
    server.tell({ type: 'task_notification', data: notification(running, 'started') });
    await history.locator('[data-task=t4] [data-state=working]').waitFor();
    await history.getByRole('button', { name: 'Where it was asked for: do t2, in #design' }).click();
    await page.waitForURL(/#\/c\/design\/m\/40$/);
    await page.locator('[data-message-id="40"]').waitFor();
    assert.deepEqual(problems, []);
  });
});
