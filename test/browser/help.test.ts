import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { HelpRequest } from '../../src/protocol/index.ts';
import { agentStatus, message, minutesAgo } from './fake-team.ts';
import { artifacts, usePage } from './opened-page.ts';

describe('an agent that is stuck', () => {
  const opened = usePage();

  const request: HelpRequest = {
    help_request_id: 7,
    task_id: 't1',
    agent_name: 'elad',
    conversation_id: 'main',
    task: 'make the tests pass',
    progress: '1 of 3 steps done, at "run the tests", last: npm test (failed)',
    issue: '"npm test" failed 5 times in the same way.',
    cause: 'repeating',
    status: 'open',
    helpers: [{ name: 'bob', kind: 'agent', fits: ['testing'] }],
    answers: [],
    escalated_at: null,
    timestamp: minutesAgo(2),
    ended_at: null,
    message_id: 2,
    thread_id: null,
  };

  /** The agent asks for help, as the server tells it. */
  function asks() {
    const { message_id, thread_id: _, ...card } = request;
    const metadata = { kind: 'help_request', task_id: 't1', help: card } as const;
    opened.server.tell(
      { type: 'chat_message', data: message(message_id, 'elad', 'Help', { sender_kind: 'agent', metadata }) },
      { type: 'help_request', data: request },
      { type: 'agent_status_update', data: agentStatus('elad', { status: 'stuck', reason: request.issue }) },
    );
    return opened.page.locator('[data-help="7"]');
  }

  it('shows what it is stuck at and whom it asked; what is typed helps it', async () => {
    const { page, server, problems } = opened;
    await opened.signIn();
    const card = asks();
    await card.getByText('is stuck and needs help').waitFor();
    await card.getByText('"npm test" failed 5 times in the same way.').waitFor();
    await card.getByText('Asked: bob (testing).').waitFor();
    await page.locator('[data-agent=elad] [data-state=stuck]').waitFor();
    await page.screenshot({ path: join(artifacts, 'page-help.png') });
    server.answer('answer_help', ({ text }) => {
      const answers = [{ by: 'dana', text: String(text), at: minutesAgo(0) }];
      return { help_request: { ...request, status: 'answered', answers, ended_at: minutesAgo(0) } };
    });
    await card.getByPlaceholder('What should elad try?').focus();
    await page.keyboard.type('Install the browser first');
    await page.keyboard.press('Enter');
    await card.getByText('was stuck', { exact: false }).waitFor();
    await card.getByText('Install the browser first').waitFor();
    const sent = server.received.find(({ type }) => type === 'answer_help');
    assert.deepEqual(sent?.request, { help_request_id: 7, text: 'Install the browser first' });
    assert.equal(await card.getByRole('button', { name: 'Help' }).count(), 0);
    assert.deepEqual(problems, []);
  });

  it('is listed wherever one is, for those who may help; others see the card only', async () => {
    const { page, server } = opened;
    server.team.help.push(request);
    await opened.signIn();
    const card = asks();
    const list = page.getByRole('region', { name: 'Waiting for you' });
    await list.getByRole('button', { name: /elad "npm test" failed/ }).waitFor();
    const closed = { ...request, status: 'closed', ended_at: minutesAgo(0) } as const;
    server.tell({ type: 'help_update', data: closed });
    await list.waitFor({ state: 'detached' });
    await card.getByText('It needs no help any more.').waitFor();

    server.team.self = { user_id: 'dana', role: 'viewer' };
    await page.reload();
    await card.getByText('"npm test" failed').waitFor();
    assert.equal(await card.getByRole('button', { name: 'Help' }).count(), 0);
    assert.equal(await list.count(), 0);
  });

  it('fits a narrow page', async () => {
    const { page } = opened;
    await page.setViewportSize({ width: 390, height: 780 });
    await opened.signIn();
    await asks().getByRole('button', { name: 'Help' }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
    await page.screenshot({ path: join(artifacts, 'page-help-narrow.png') });
  });
});
