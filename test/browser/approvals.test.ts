import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ChatError } from '../../src/protocol/index.ts';
import { agentStatus, approval, gradientChange, message, minutesAgo } from './fake-team.ts';
import { artifacts, usePage } from './opened-page.ts';

describe('what agents ask to be allowed', () => {
  const opened = usePage();

  /** The agent asks, as the server tells it. */
  function ask(given: Parameters<typeof approval>[1] = {}, id = 2) {
    const asked = approval(id, given);
    const metadata = { kind: 'approval', task_id: asked.task_id, approval: asked } as const;
    opened.server.tell(
      { type: 'chat_message', data: message(id, 'elad', 'May I?', { sender_kind: 'agent', metadata }) },
      { type: 'approval_requested', data: asked },
    );
    return { asked, card: opened.page.locator(`[data-approval="${id}"]`) };
  }

  it('shows the command and the time left, is denied with a sentence by keyboard, and says so', async () => {
    const { page, server, problems } = opened;
    await opened.signIn();
    const { asked, card } = ask({ command: 'npm test -- --watch=false\nrm -rf build' });
    const waiting = agentStatus('elad', {
      status: 'waiting',
      reason: 'Waits for approval by dana: npm test',
    });
    server.tell({ type: 'agent_status_update', data: waiting });
    await card.getByText('rm -rf build').waitFor();
    await card.getByText(/^9 min \d+ s left$/).waitFor();
    await card.getByText('Always allows every command in this task, whatever it does.').waitFor();
    await page.locator('[data-agent=elad] [data-state=waiting]').waitFor();
    await page.screenshot({ path: join(artifacts, 'page-approval.png') });

    server.answer('answer_approval', ({ sentence }) => {
      const answer = { status: 'denied', sentence: String(sentence), answered_by: 'dana' } as const;
      return { approval: { ...asked, ...answer, answered_at: minutesAgo(0) } };
    });
    await card.getByRole('button', { name: 'Deny…' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Keep the build');
    await page.keyboard.press('Enter');
    await card.getByText('dana denied it').waitFor();
    await card.getByText('“Keep the build”').waitFor();
    const sent = server.received.find(({ type }) => type === 'answer_approval');
    assert.deepEqual(sent?.request, { approval_id: 2, answer: 'deny', sentence: 'Keep the build' });
    assert.equal(await card.getByRole('button', { name: 'Allow once' }).count(), 0);
    assert.deepEqual(problems, []);
  });

  it('shows a change as a diff; who was not the first is told who was', async () => {
    const { page, server } = opened;
    await opened.signIn();
    const { asked, card } = ask({
      ...{ group: 'edit', tool: 'edit', title: 'edit', command: null },
      ...{ paths: [gradientChange.path], diff: gradientChange.diff },
    });
    await card.getByText('wants to change a file').waitFor();
    assert.equal(await card.locator('[data-line=added]').count(), 4);
    server.answer('answer_approval', () => {
      throw new ChatError('not_pending', 'ruth answered that already: allowed.');
    });
    await card.getByRole('button', { name: 'Always in this task' }).click();
    await page.getByRole('alert').getByText('ruth answered that already: allowed.').waitFor();
    server.tell({
      type: 'approval_answered',
      data: { ...asked, status: 'allowed', answer: 'once', answered_by: 'ruth', answered_at: minutesAgo(0) },
    });
    await card.getByText('ruth allowed it once').waitFor();
  });

  it('shows every character of a command, invisible ones written out', async () => {
    await opened.signIn();
    const { card } = ask({ command: 'npm test # \u001b]0;\ncurl x | sh\u202e\u200b' });
    const shown = card.getByRole('region', { name: 'Exactly' });
    await shown.waitFor();
    assert.equal(await shown.textContent(), 'npm test # \\u{1b}]0;↵\ncurl x | sh\\u{202e}\\u{200b}');
  });

  for (const width of [390, 1440]) {
    it(`lets a long command be allowed once its end was on the screen, ${width} wide`, async () => {
      const { page, server } = opened;
      await page.setViewportSize({ width, height: 844 });
      await opened.signIn();
      const lines = Array.from({ length: 60 }, (_, line) => `echo ${line}`);
      const { card } = ask({ command: [...lines, 'rm -rf /'].join('\n') });
      const allow = card.getByRole('button', { name: 'Allow once' });
      await card.getByText('Scroll the text above to its end before you allow it.').waitFor();
      assert.deepEqual(
        await Promise.all(
          ['Allow once', 'Always in this task', 'Deny…'].map((name) =>
            card.getByRole('button', { name }).isEnabled(),
          ),
        ),
        [false, false, true],
      );
      const exactly = card.getByRole('region', { name: 'Exactly' });
      await exactly.focus();
      await page.keyboard.press('PageDown');
      await exactly.evaluate('new Promise(requestAnimationFrame)');
      assert.equal(await allow.isEnabled(), false, 'the end was not reached');
      await page.keyboard.press('End');
      await allow.click();
      assert.equal((await server.lastRequest('answer_approval')).answer, 'once');
    });
  }

  it("shows a program's own options in its order, and sends exactly the one that is chosen", async () => {
    const { server } = opened;
    await opened.signIn();
    const names = ['PostgreSQL', 'MySQL'];
    const options = names.map((name) => ({ option_id: `id ${name}`, name, kind: 'allow_once' }) as const);
    const { asked, card } = ask({ group: 'other', command: null, title: 'Which database?', options });
    const answered = { status: 'allowed', answer: 'once', answered_by: 'dana' } as const;
    server.answer('answer_approval', () => ({
      approval: { ...asked, ...answered, option: options[1], answered_at: minutesAgo(0) },
    }));
    await card.getByRole('button', { name: 'MySQL' }).waitFor();
    const buttons = await card.getByRole('button').allTextContents();
    assert.deepEqual(buttons, [...names, 'None of these…']);
    await card.getByRole('button', { name: 'MySQL' }).click();
    await card.getByText('dana chose “MySQL”').waitFor();
    const sent = server.received.find(({ type }) => type === 'answer_approval');
    assert.deepEqual(sent?.request, { approval_id: 2, option_id: 'id MySQL', sentence: '' });
  });

  it('tells wherever one is what waits, and leads there; who may not answer is told who may', async () => {
    const { page, server } = opened;
    server.team.self = { user_id: 'dana', role: 'analyst' };
    await opened.signIn();
    const { card } = ask({ approvers: ['ruth'] });
    await card.getByText('Waits for ruth; none of them is here now.').waitFor();
    assert.equal(await page.getByRole('region', { name: 'Waiting for you' }).count(), 0);
    server.tell({
      type: 'user_status',
      data: { user_id: 'ruth', status: 'connected', role: 'developer', timestamp: minutesAgo(0) },
    });
    await card.getByText('Waits for ruth.', { exact: true }).waitFor();

    server.team.self = { user_id: 'dana', role: 'developer' };
    server.team.approvals.push(approval(2));
    await page.reload();
    const list = page.getByRole('region', { name: 'Waiting for you' });
    await list.getByRole('button', { name: 'elad npm test' }).click();
    await page.waitForURL(/2$/);
    await card.getByRole('button', { name: 'Allow once' }).waitFor();
  });

  for (const [name, size, scheme] of [
    ['dark', { width: 1280, height: 800 }, 'dark'],
    ['narrow', { width: 390, height: 780 }, 'light'],
  ] as const) {
    it(`fits a ${name} page`, async () => {
      const { page } = opened;
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize(size);
      await opened.signIn();
      const { card } = ask({ diff: gradientChange.diff, paths: [gradientChange.path] });
      await card.getByRole('button', { name: 'Deny…' }).waitFor();
      const width = await page.evaluate('document.documentElement.scrollWidth');
      assert.equal(width, size.width);
      await page.screenshot({ path: join(artifacts, `page-approval-${name}.png`) });
    });
  }
});
