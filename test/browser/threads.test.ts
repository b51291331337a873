import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Task } from '../../src/protocol/index.ts';
import { approval, gradientChange, member, message, minutesAgo, notification, task } from './fake-team.ts';
import { artifacts, usePage } from './opened-page.ts';

describe('one task is one thread', () => {
  const opened = usePage();
  const request = message(2, 'dana', '@elad @maya add a gradient background', { mentions: ['elad', 'maya'] });
  const elads = task('t1', 'elad', { message_id: 2, description: 'add a gradient background' });
  const mayas = task('t2', 'maya', { message_id: 2, description: 'add a gradient background' });

  const channel = () => opened.page.getByTestId('message-list');
  const thread = () => opened.page.getByTestId('thread-list');
  const card = (id: string) => channel().locator(`[data-testid=task-card][data-task=${id}]`);

  function told(of: Task, type: Parameters<typeof notification>[1]) {
    opened.server.team.tasks[of.task_id] = of;
    opened.server.tell({ type: 'task_notification', data: notification(of, type) });
  }

  function ended(of: Task, text: string, given: Partial<Task> = {}, id = 10) {
    const done = { ...of, status: 'completed' as const, ended_at: minutesAgo(0), ...given };
    opened.server.team.tasks[of.task_id] = done;
    const kind = done.status === 'failed' ? 'task_failed' : 'task_completed';
    opened.server.tell({
      type: 'chat_message',
      data: message(id, of.agent_name, text, {
        sender_kind: 'agent',
        ...{ thread_id: 2, reply_to: of.message_id },
        metadata: { kind, task_id: of.task_id, changes: given.changes ?? [] },
      }),
    });
    const { status } = done;
    opened.server.tell({ type: 'task_notification', data: notification(done, status as 'completed') });
  }

  it('shows a live card for each agent that a message asked, which becomes the result', async () => {
    const { page, server, problems } = opened;
    await opened.signIn();
    server.tell({ type: 'chat_message', data: request });
    told(elads, 'assigned');
    told(mayas, 'assigned');
    await card('t2').locator('[data-state=assigned]').waitFor();
    const plan = [{ content: 'Write the gradient', status: 'in_progress' as const }];
    told({ ...elads, progress: 40, plan }, 'started');
    await card('t1').getByText('Write the gradient').waitFor();
    await card('t1').getByText('40 %').waitFor();
    await card('t1').getByText('asked by dana').waitFor();
    assert.equal(await card('t1').getByRole('progressbar').getAttribute('aria-valuenow'), '40');
    await page.screenshot({ path: join(artifacts, 'threads-live.png') });

    const body = 'It has a gradient now.';
    const report = `✅ Done: add a gradient background.\n\n${body}\n\nChanged: \`styles/site.css\`.`;
    ended(elads, report, { changes: [gradientChange] });
    ended(mayas, 'I could not.', { status: 'failed', reason: 'No paint.' }, 11);
    await card('t1').locator('[data-state=completed]').waitFor();
    await card('t1').getByText(body).waitFor();
    assert.equal(
      await card('t1')
        .getByText(/Done:|Changed:/)
        .count(),
      0,
      'badge and list say it already',
    );
    const file = card('t1').locator('[data-file="styles/site.css"]');
    await file.getByText('+4').waitFor();
    assert.equal(await file.locator('[data-line=added]').count(), 4);
    await card('t2').locator('[data-state=failed]').waitFor();
    await card('t2').getByText('No paint.').waitFor();
    for (const name of ['Continue', 'Retry', 'Reassign…']) {
      await card('t2').getByRole('button', { name }).waitFor();
    }
    await page.screenshot({ path: join(artifacts, 'threads-results.png') });
    assert.equal(await channel().getByTestId('message-item').count(), 2, 'the reports are in the thread');
    assert.deepEqual(problems, []);
  });

  it('folds a long answer, and shows all of it on demand', async () => {
    const { server } = opened;
    await opened.signIn();
    server.tell({ type: 'chat_message', data: request });
    told(elads, 'started');
    ended(elads, Array.from({ length: 40 }, (_, line) => `Line ${line}`).join('\n\n'));
    const answer = card('t1').locator('[data-folded]');
    await answer.waitFor();
    const folded = (await answer.boundingBox())?.height ?? 0;
    await card('t1').getByRole('button', { name: 'Show all' }).click();
    await answer.waitFor({ state: 'detached' });
    await card('t1').getByRole('button', { name: 'Show less' }).waitFor();
    const line = await card('t1').getByText('Line 39').boundingBox();
    const head = await card('t1').boundingBox();
    assert.ok((line?.y ?? 0) - (head?.y ?? 0) > folded);
  });

  it('has an approval answered in the card, without the thread', async () => {
    const { page, server } = opened;
    await opened.signIn();
    server.tell({ type: 'chat_message', data: request });
    told(elads, 'started');
    const asked = approval(9, { task_id: 't1', thread_id: 2 });
    server.tell(
      {
        type: 'chat_message',
        data: message(9, 'elad', 'May I?', {
          sender_kind: 'agent',
          ...{ thread_id: 2, reply_to: 2 },
          metadata: { kind: 'approval', task_id: 't1', approval: asked },
        }),
      },
      { type: 'approval_requested', data: asked },
    );
    told({ ...elads, status: 'waiting', reason: 'Waits for approval by dana: npm test' }, 'waiting');
    await card('t1').locator('[data-state=waiting]').waitFor();
    await card('t1').getByText('Waits for approval by dana').waitFor();
    await page.screenshot({ path: join(artifacts, 'threads-approval.png') });
    server.answer('answer_approval', ({ approval_id, answer }) => {
      assert.deepEqual([approval_id, answer], [9, 'once']);
      const by = { answered_by: 'dana', answered_at: minutesAgo(0) };
      return { approval: { ...asked, status: 'allowed', answer: 'once', ...by } };
    });
    await card('t1').getByRole('button', { name: 'Allow once' }).click();
    await card('t1').getByRole('button', { name: 'Allow once' }).waitFor({ state: 'detached' });
    told(elads, 'resumed');
    await card('t1').locator('[data-state=working]').waitFor();
    assert.equal(await thread().count(), 0);
  });

  it('says where a reply goes to; told to the task at work, else a new task', async () => {
    const { page, server } = opened;
    await opened.signIn();
    server.tell({ type: 'chat_message', data: request });
    told(elads, 'started');
    server.tell({
      type: 'chat_message',
      data: message(3, 'elad', 'Got it.', {
        sender_kind: 'agent',
        ...{ thread_id: 2, reply_to: 2 },
        metadata: { kind: 'acknowledgement', task_id: 't1' },
      }),
    });
    server.tell({
      type: 'thread_update',
      data: {
        ...{ message_id: 2, conversation_id: 'main' },
        thread: { reply_count: 1, participants: ['elad'], last_reply_at: minutesAgo(0) },
      },
    });
    await channel().getByRole('button', { name: '1 reply' }).click();
    await thread().getByText('Got it.').waitFor();
    const below = thread().locator('[data-testid=task-card]');
    assert.equal(await below.count(), 1, 'the card stands in the thread once');
    const reach = page.getByTestId('draft-hint');
    await reach.getByText('Reaches @elad: told after its present step').waitFor();
    const box = page.getByTestId('thread-input').locator('textarea');
    await box.fill('in blue');
    await page.screenshot({ path: join(artifacts, 'threads-reply.png') });
    await box.press('Enter');
    const said = await server.lastRequest('chat_message');
    assert.deepEqual([said.text, said.thread_id, said.read_only], ['in blue', 2, undefined]);
    ended(elads, 'Done.');
    await reach.getByText('Reaches @elad as a new task').waitFor();
    await box.fill('@ruth have a look');
    await reach.getByText('Mentions ruth.', { exact: true }).waitFor();
    await box.fill('/ask why blue?');
    await reach.getByText('Reaches @elad as a new task, read-only').waitFor();
    await box.press('Enter');
    await opened.until(`document.querySelector('[data-testid=thread-input] textarea').value === ''`);
    const asked = await server.lastRequest('chat_message');
    assert.deepEqual([asked.text, asked.read_only], ['why blue?', true]);
  });

  it('asks agents only to look, by a switch that counts for one message, or by /ask', async () => {
    const { page, server, composer } = opened;
    await opened.signIn();
    const onlyLook = page.getByRole('switch', { name: 'Read-only' });
    await composer.fill('good morning, ruth');
    assert.equal(await onlyLook.count(), 0);
    await composer.fill('@elad why is it grey?');
    await onlyLook.click();
    assert.equal(await onlyLook.getAttribute('aria-checked'), 'true');
    await page.screenshot({ path: join(artifacts, 'threads-read-only.png') });
    await composer.press('Enter');
    await opened.confirmed.filter({ hasText: 'why is it grey' }).waitFor();
    const first = await server.lastRequest('chat_message');
    assert.deepEqual([first.text, first.read_only], ['@elad why is it grey?', true]);
    await composer.fill('@elad make it blue');
    assert.equal(await onlyLook.getAttribute('aria-checked'), 'false');
    await composer.press('Enter');
    await opened.confirmed.filter({ hasText: 'make it blue' }).waitFor();
    assert.equal((await server.lastRequest('chat_message')).read_only, undefined);
    await composer.fill('/ask @elad is it blue?');
    assert.equal(await onlyLook.getAttribute('aria-checked'), 'true');
    await composer.press('Enter');
    await opened.confirmed.filter({ hasText: 'is it blue?' }).waitFor();
    const last = await server.lastRequest('chat_message');
    assert.deepEqual([last.text, last.read_only], ['@elad is it blue?', true]);
  });

  it('says before a request is deleted what becomes of its tasks', async () => {
    const { page, server } = opened;
    await opened.signIn();
    server.tell({ type: 'chat_message', data: request });
    told(elads, 'started');
    told(mayas, 'assigned');
    await page.locator('[data-message-id="2"]').focus();
    await page.keyboard.press('Delete');
    const dialog = page.getByRole('dialog', { name: 'Delete this message?' });
    await dialog.getByText('elad is at work on this and goes on, unless you stop the task.').waitFor();
    await dialog.getByText('The task of maya has not begun: it is withdrawn.').waitFor();
  });

  it('says of a task in line what is before it', async () => {
    const { server } = opened;
    await opened.signIn();
    server.tell({ type: 'chat_message', data: request });
    told(elads, 'started');
    const next = task('t5', 'elad', { message_id: 2, status: 'assigned', description: 'darken the title' });
    told(next, 'assigned');
    await card('t5').getByText('Waiting to start after “add a gradient background”').waitFor();
    told(task('t6', 'elad', { message_id: 2, status: 'assigned', description: 'and the rest' }), 'assigned');
    await card('t6').getByText('Waiting to start: 2 tasks before this one').waitFor();
  });

  it('lists followed threads with the agent and the state of each task', async () => {
    const { page, server } = opened;
    const thread = { reply_count: 1, participants: ['elad'], last_reply_at: minutesAgo(1) };
    const done = { ...elads, status: 'failed' as const, ended_at: minutesAgo(1) };
    server.answer('get_followed_threads', () => ({
      threads: [{ message: { ...request, thread }, last_reply_id: 3, unread_count: 0 }],
      tasks: [{ ...done, thread_id: null, report: null }],
    }));
    await opened.signIn();
    await page.getByRole('button', { name: 'Threads' }).click();
    const row = page.getByTestId('threads-panel').locator('[data-task=t1]');
    await row.getByText('elad').waitFor();
    await row.locator('[data-state=failed]').waitFor();
    told(mayas, 'started');
    await page.getByTestId('threads-panel').locator('[data-task=t2] [data-state=working]').waitFor();
  });

  it('keeps the card of a deleted request while the agent is at it, with Stop', async () => {
    const { server } = opened;
    await opened.signIn();
    server.tell({ type: 'chat_message', data: request });
    told(elads, 'started');
    server.tell({
      type: 'message_deleted',
      data: { id: 2, conversation_id: 'main', thread_id: null, deleted_by: 'dana', timestamp: '' } as never,
    });
    await channel().getByText('This message was deleted.').waitFor();
    await card('t1').getByText('The agent goes on until somebody stops it.').waitFor();
    server.answer('stop_task', ({ task_id }) => {
      assert.equal(task_id, 't1');
      return { task: { ...elads, status: 'stopping' } };
    });
    await card('t1').getByRole('button', { name: 'Stop' }).click();
    await card('t1').locator('[data-state=stopping]').waitFor();
  });

  it('shows what a reply asked below the first message while it is under way', async () => {
    const { server } = opened;
    await opened.signIn();
    server.tell({ type: 'chat_message', data: request });
    server.tell({ type: 'chat_message', data: message(7, 'ruth', 'and the footer', { thread_id: 2 }) });
    const next = task('t3', 'elad', { message_id: 7, description: 'and the footer', requested_by: 'ruth' });
    told(next, 'started');
    await card('t3').getByText('and the footer').waitFor();
    ended(next, 'Done.');
    await card('t3').waitFor({ state: 'detached' });
  });

  it('is right after a reload in the middle, and with older history paged in', async () => {
    const { page, server } = opened;
    const { team } = server;
    const done = { status: 'completed' as const, ended_at: minutesAgo(1) };
    team.messages.push(request);
    team.tasks.t1 = { ...elads, ...done };
    team.messages.push(
      message(3, 'elad', 'Done long ago.', {
        sender_kind: 'agent',
        thread_id: 2,
        metadata: { kind: 'task_completed', task_id: 't1', changes: [gradientChange] },
      }),
    );
    for (let id = 4; id < 120; id += 1) team.messages.push(message(id, 'ruth', `word ${id}`));
    team.messages.push(message(120, 'dana', '@maya paint', { mentions: ['maya'] }));
    team.tasks.t2 = { ...mayas, message_id: 120, progress: 30 };
    await page.goto(`${server.url}/#code=GOOD-CODE`);
    await card('t2').getByText('30 %').waitFor();
    await page.reload();
    await card('t2').getByText('30 %').waitFor();
    assert.equal(await card('t1').count(), 0);
    for (let pages = 0; pages < 4 && (await card('t1').count()) === 0; pages += 1) {
      const before = await opened.confirmed.first().getAttribute('data-message-id');
      await page.evaluate(`document.querySelector('[data-testid=message-list]').scrollTop = 0`);
      await opened.until(
        `document.querySelector('[data-testid=message-item]').dataset.messageId !== '${before}'`,
      );
    }
    await card('t1').getByText('Done long ago.').waitFor();
    await card('t1').getByText('1 file changed').waitFor();
  });

  it('says of a reply to a task in line that it is read when the task starts', async () => {
    const { team } = opened.server;
    team.messages.push(request);
    const reply = { steer_id: 's1', text: 'in blue', by: 'dana', when: 'next', read_at: null } as const;
    const steers = [{ ...reply, at: minutesAgo(0) }];
    team.tasks.t1 = { ...elads, status: 'assigned', steers };
    await opened.signIn();
    const line = card('t1').getByTestId('card-told');
    await line.getByText('read when the task starts').waitFor();
    told({ ...elads, steers }, 'started');
    await line.getByText('read after this step').waitFor();
  });

  it('names above the composer only the tasks at work whose cards are not on the screen', async () => {
    const { page, server } = opened;
    const { team } = server;
    for (let id = 4; id < 60; id += 1) team.messages.push(message(id, 'ruth', `word ${id}`));
    team.messages.push(message(60, 'dana', '@maya paint', { mentions: ['maya'] }));
    team.tasks.t2 = { ...mayas, message_id: 60, progress: 30 };
    await page.goto(`${server.url}/#code=GOOD-CODE`);
    // Loading older messages moves the list as well, so it is scrolled until the dock follows.
    const scrolled = (place: string, docked: string | null) =>
      opened.until(`(() => {
        const list = document.querySelector('[data-testid=message-list]');
        list.scrollTop = ${place};
        const dock = document.querySelector('ul[aria-label="At work now"]');
        return ${docked === null ? 'dock === null' : `dock?.textContent.includes(${JSON.stringify(docked)})`};
      })()`);
    await card('t2').getByText('30 %').waitFor();
    await scrolled('list.scrollHeight', null);
    await scrolled('0', 'add a gradient background');
    await scrolled('list.scrollHeight', null);
    assert.equal(await card('t2').getByRole('button', { name: 'Stop' }).isVisible(), true);
  });

  it('quotes the message that an answer is for where others stand between, and leads there', async () => {
    const { page, server } = opened;
    await opened.signIn();
    server.tell(
      { type: 'chat_message', data: message(2, 'dana', 'first question') },
      { type: 'chat_message', data: message(3, 'dana', 'second question') },
      { type: 'chat_message', data: message(4, 'ruth', 'two', { reply_to: 3 }) },
      { type: 'chat_message', data: message(5, 'ruth', 'one', { reply_to: 2 }) },
    );
    const item = (id: number) => channel().locator(`[data-message-id="${id}"]`);
    await item(5).getByTestId('reply-quote').getByText('first question').waitFor();
    assert.equal(await item(4).getByTestId('reply-quote').count(), 0);
    await item(5).getByTestId('reply-quote').click();
    await page.waitForURL(/\/m\/2$/);
    await opened.until(`document.activeElement?.dataset.messageId === '2'`);
  });

  it('shows no card in a direct conversation', async () => {
    const { page, server } = opened;
    server.team.conversations.push({
      ...(server.team.conversations[0] as (typeof server.team.conversations)[number]),
      ...{
        conversation_id: 'd1',
        kind: 'direct',
        title: 'dana, elad',
        members: ['dana', 'elad'],
        private: true,
      },
    });
    server.team.members.push(member('lior'));
    await opened.signIn();
    await page.goto(`${server.url}/#/c/d1`);
    const said = message(2, 'dana', 'paint', { conversation_id: 'd1' });
    server.tell({ type: 'chat_message', data: said });
    await opened.page.getByText('paint').first().waitFor();
    told({ ...elads, conversation_id: 'd1' }, 'started');
    await page.getByRole('list', { name: 'At work now' }).waitFor();
    assert.equal(await page.getByTestId('task-card').count(), 0);
  });

  for (const [name, size, scheme] of [
    ['wide-dark', { width: 1440, height: 900 }, 'dark'],
    ['phone-light', { width: 390, height: 780 }, 'light'],
    ['phone-dark', { width: 390, height: 780 }, 'dark'],
  ] as const) {
    it(`fits a page that is ${name}`, async () => {
      const { page, server } = opened;
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize(size);
      await opened.signIn();
      server.tell({ type: 'chat_message', data: request });
      told({ ...elads, progress: 40 }, 'started');
      told(mayas, 'started');
      ended(mayas, '✅ Done: add a gradient background.', { changes: [gradientChange] }, 11);
      await card('t2').locator('[data-state=completed]').waitFor();
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), size.width);
      await page.screenshot({ path: join(artifacts, `threads-${name}.png`) });
    });
  }
});
