import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  agentStatus,
  fileChange,
  fileLock,
  gradientChange,
  lockRequest,
  member,
  message,
  notification,
  task,
} from './fake-team.ts';
import { artifacts, usePage } from './opened-page.ts';

describe('watching agents work', () => {
  const opened = usePage();

  it('shows a task live, stops it, and shows how it ended', async () => {
    const { page, server, problems } = opened;
    await opened.signIn();
    const running = task('t1', 'elad', {
      progress: 50,
      plan: [
        { content: 'Look at the page', status: 'completed' },
        { content: 'Write the gradient', status: 'in_progress' },
      ],
      tools: [{ id: 'a', title: 'Edit', kind: 'edit', status: 'in_progress', paths: ['index.html'] }],
    });
    server.tell(
      {
        type: 'agent_status_update',
        data: agentStatus('elad', { status: 'working', progress: 50, current_task: 'add a gradient' }),
      },
      { type: 'task_notification', data: notification(running, 'started') },
    );
    await page.locator('[data-agent=elad] [data-state=working]').waitFor();
    const card = page.getByRole('list', { name: 'At work now' });
    await card.getByText('Write the gradient').waitFor();
    await card.getByText('50 %').waitFor();
    await card.getByText('add a gradient background').click();

    const view = page.getByTestId('task-view');
    await view.locator('[data-tool=a][data-status=in_progress]').getByText('index.html').waitFor();
    server.tell({
      type: 'task_notification',
      data: notification(
        { ...running, tools: running.tools.map((tool) => ({ ...tool, status: 'completed' })) },
        'progress',
      ),
    });
    await view.locator('[data-tool=a][data-status=completed]').waitFor();

    // The answer comes after the news of the end: what it says is older.
    const answer = Promise.withResolvers<unknown>();
    server.answer('stop_task', () => answer.promise);
    await view.getByRole('button', { name: 'Stop' }).click();
    await view.getByRole('button', { name: 'Stopping…' }).waitFor();
    assert.equal(await view.getByRole('button', { name: 'Stopping…' }).isDisabled(), true);

    const stopped = { ...running, status: 'stopped' as const, reason: 'Stopped by dana.' };
    server.team.tasks.t1 = stopped;
    server.tell({ type: 'task_notification', data: notification(stopped, 'stopped') });
    answer.resolve({ task: { ...running, status: 'stopping' } });
    await view.getByText('Stopped by dana.').waitFor();
    assert.equal(await page.getByRole('list', { name: 'At work now' }).count(), 0);
    assert.deepEqual(problems, []);
  });

  it('shows a result with its files and their diff', async () => {
    const { page, server } = opened;
    await opened.signIn();
    server.tell({
      type: 'chat_message',
      data: message(2, 'elad', 'Done.', {
        sender_kind: 'agent',
        metadata: {
          kind: 'task_completed',
          task_id: 't1',
          changes: [gradientChange, { ...gradientChange, path: 'b.css' }],
        },
      }),
    });
    const file = page.locator('[data-result=task_completed] [data-file="styles/site.css"]');
    await file.getByText('+4').waitFor();
    await file.getByRole('button').click();
    assert.equal(await file.locator('[data-line=added]').count(), 4);
    assert.equal(await file.locator('[data-line=removed]').count(), 1);
    await page.screenshot({ path: join(artifacts, 'page-result.png') });
  });

  it('shows the line of an agent, lets people change it, and steer what is at work', async () => {
    const { page, server, problems } = opened;
    await opened.signIn();
    const doing = task('t1', 'elad', { description: 'paint the door' });
    const waiting = ['t2', 't3', 't4'].map((id) =>
      task(id, 'elad', { status: 'assigned', description: `do ${id}`, started_at: null }),
    );
    server.tell(
      { type: 'task_notification', data: notification(doing, 'started') },
      ...waiting.map((each) => ({
        type: 'task_notification' as const,
        data: notification(each, 'assigned'),
      })),
    );
    await page.locator('[data-agent=elad]').click();
    const line = page.getByRole('list', { name: 'In line' });
    const order = () => line.locator('li').evaluateAll((items) => items.map((item) => item.dataset.task));
    await line.locator('li').nth(2).waitFor();
    assert.deepEqual(await order(), ['t2', 't3', 't4']);
    server.answer('move_task', ({ task_id, before }) => {
      assert.deepEqual([task_id, before], ['t4', 't3']);
      const task_ids = ['t2', 't4', 't3'];
      const data = { agent_name: 'elad', task_ids, by: 'dana', timestamp: '' };
      server.tell({ type: 'task_queue_update', data });
      return { task_ids };
    });
    await line.getByRole('button', { name: 'Earlier: do t4' }).focus();
    await page.keyboard.press('Enter');
    await line.locator('li:nth-child(2)[data-task=t4]').waitFor();
    assert.deepEqual(await order(), ['t2', 't4', 't3']);
    await page.screenshot({ path: join(artifacts, 'page-line.png') });

    const steer = {
      steer_id: 's1',
      text: 'in blue',
      by: 'dana',
      when: 'now' as const,
      at: '',
      read_at: null,
    };
    server.answer('steer_task', (asked) => {
      assert.deepEqual([asked.task_id, asked.text, asked.when], ['t1', 'in blue', 'now']);
      return { task: { ...doing, steers: [steer] } };
    });
    await page.getByLabel('Tell elad something about this task').fill('in blue');
    await page.getByRole('button', { name: 'At once' }).click();
    const told = page.getByTestId('steer-box');
    await told.getByText('not read yet').waitFor();
    const read = notification(doing, 'steered');
    read.metadata.steers = [{ ...steer, read_at: '2026-01-02T12:00:00.000Z' }];
    server.tell({ type: 'task_notification', data: read });
    await told.getByText('read', { exact: true }).waitFor();
    assert.deepEqual(problems, []);
  });

  it('continues a task that failed in one click, and shows what it goes on with', async () => {
    const { page, server } = opened;
    await opened.signIn();
    const failed = task('t1', 'elad', { status: 'failed', reason: 'No paint.' });
    server.team.tasks.t1 = failed;
    server.tell({
      type: 'chat_message',
      data: message(2, 'elad', 'I could not.', {
        sender_kind: 'agent',
        metadata: { kind: 'task_failed', task_id: 't1' },
      }),
    });
    const predecessor = { task_id: 't1', agent_name: 'elad', how: 'continue' as const };
    const again = task('t9', 'elad', { status: 'assigned', predecessor });
    server.answer('continue_task', ({ task_id }) => {
      assert.equal(task_id, 't1');
      return { task: again };
    });
    const result = page.locator('[data-result=task_failed]');
    await result.getByRole('button', { name: 'Continue' }).click();
    await opened.until("!document.querySelector('[data-result=task_failed] button:disabled')");
    const view = page.getByTestId('task-view');
    assert.equal(await view.count(), 0, 'nobody asked for the panel');
    await page.getByTestId('user-list').getByRole('button', { name: /elad/ }).first().click();
    await page.locator('[data-task=t9] button').first().click();
    await page.getByRole('button', { name: 'continues an earlier task' }).click();
    await view.getByText('No paint.').waitFor();
    server.answer('reassign_task', ({ agent_name }) => {
      assert.equal(agent_name, 'maya');
      return { task: task('t10', 'maya', { status: 'assigned' }) };
    });
    await view.getByRole('button', { name: 'Reassign…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'maya' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('hires an agent and puts its mention into the draft', async () => {
    const { page, server, composer } = opened;
    await opened.signIn();
    server.answer('hire_agent', ({ name, role }) => {
      const hired = member(String(name), { role: String(role) });
      server.tell({ type: 'member_joined', data: hired });
      return { member: hired };
    });
    await page.getByRole('button', { name: 'Hire an agent' }).click();
    await page.getByLabel('Name').fill('Lior');
    await page.getByRole('button', { name: 'tester' }).click();
    await page.getByRole('button', { name: 'Hire lior' }).click();
    await page.locator('[data-agent=lior]').getByText('tester').waitFor();
    await opened.until(`document.activeElement?.tagName === 'TEXTAREA'`);
    assert.equal(await composer.inputValue(), '@lior ');
  });

  it('shows what was changed past a lock, and puts it back', async () => {
    const { page, server } = opened;
    await opened.signIn();
    const changed = { ...gradientChange, change_id: 12 };
    server.tell({
      type: 'chat_message',
      data: message(2, 'system', 'Changed past a lock', {
        sender_kind: 'system',
        metadata: { kind: 'lock_bypassed', changes: [changed] },
      }),
    });
    const card = page.getByRole('region', { name: 'Changed past a lock' });
    server.answer('put_back', ({ change_id }) => {
      const change = fileChange(Number(change_id), { path: changed.path, put_back_by: 'dana' });
      server.tell({ type: 'files_changed', data: { changes: [change] } });
      return { change };
    });
    await card.getByRole('button', { name: `Put back ${changed.path}` }).click();
    await card.getByText('Put back by dana').waitFor();
    await page.screenshot({ path: join(artifacts, 'page-bypass.png') });
  });

  it('lists held files; they are held, asked for, handed over and released', async () => {
    const { page, server, problems } = opened;
    await opened.signIn();
    server.tell(
      { type: 'file_locked', data: { locks: [fileLock(1, 'elad'), fileLock(2, 'dana', 'mine.ts')] } },
      { type: 'lock_request_update', data: lockRequest(7, 'ruth', 'mine.ts') },
    );
    await page.locator('[data-agent=elad]').getByText('holds 1 file').waitFor();
    await page.getByRole('button', { name: 'Held files' }).click();
    const row = (path: string) => page.getByTestId('files-panel').locator(`[data-lock="${path}"]`);
    server.answer('request_file', () => ({
      result: 'request_sent_to_elad',
      request: lockRequest(8, 'dana'),
    }));
    await row('index.html').getByRole('button', { name: 'Ask for it' }).click();
    await page.getByText('elad was asked for index.html.').waitFor();
    server.answer('approve_request', ({ lock_request_id }) => {
      const request = {
        ...lockRequest(Number(lock_request_id), 'ruth', 'mine.ts'),
        status: 'approved' as const,
      };
      server.tell({ type: 'lock_request_update', data: request });
      return { request };
    });
    await row('mine.ts').getByRole('button', { name: 'Hand over' }).click();
    await row('mine.ts').getByText('ruth waits for it').waitFor({ state: 'detached' });
    await page.screenshot({ path: join(artifacts, 'page-files.png') });
    server.answer('release_files', () => {
      const locks = [fileLock(2, 'dana', 'mine.ts')];
      server.tell({ type: 'file_released', data: { locks, why: 'released', by: 'dana', timestamp: '' } });
      return { released: ['mine.ts'] };
    });
    await row('mine.ts').getByRole('button', { name: 'Release' }).click();
    await row('mine.ts').waitFor({ state: 'detached' });
    server.answer('lock_files', ({ files }) => ({
      acquired: false,
      result: {},
      locks: [fileLock(1, 'elad', String((files as string[])[0]))],
    }));
    await page.getByLabel('File, folder or glob').fill('src/');
    await page.getByRole('button', { name: 'Hold', exact: true }).click();
    await page.getByText('src/ is held by elad.').waitFor();
    assert.deepEqual(problems, []);
  });
});
