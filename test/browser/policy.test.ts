import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { ChatError, defaultPolicy, type OwnPolicy } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { launchBrowser, stepTimeoutMs } from '../support/browser.ts';
import { member } from './fake-team.ts';
import { artifacts, usePage } from './opened-page.ts';

describe('what an agent may do without asking', () => {
  const opened = usePage();

  it('shows each rule and whose it is, and changes it by keyboard', async () => {
    const { page, server, problems } = opened;
    server.answer('set_policy', ({ policy }) => {
      const elad = member('elad', { policy: policy as OwnPolicy });
      server.tell({ type: 'member_updated', data: elad });
      return {
        member: elad,
        policy: { ...defaultPolicy, ...elad.policy },
        layers: { agent: elad.policy, role: {}, server: defaultPolicy },
      };
    });
    await opened.signIn();
    await page.locator('[data-agent=elad]').click();
    const rules = page.getByTestId('agent-rules');
    const row = (group: string, rule: string, from: string) =>
      rules.locator(`[data-group=${group}][data-rule=${rule}][data-from=${from}]`);
    await row('edit', 'ask', 'role').getByText('as for every developer').waitFor();
    await row('execute', 'ask', 'server').getByText('as for all agents').waitFor();

    const commands = rules.getByRole('radiogroup', { name: 'Run commands' });
    await commands.getByRole('radio', { name: 'Ask', checked: true }).focus();
    await page.keyboard.press('ArrowRight');
    await opened.until(`document.activeElement?.textContent === 'Never'`);
    await page.keyboard.press('Space');
    await row('execute', 'deny', 'agent').getByText('for elad alone').waitFor();
    assert.ok(await commands.getByRole('radio', { name: 'Never', checked: true }).isVisible());
    await rules
      .getByRole('radiogroup', { name: 'Change files' })
      .getByRole('radio', { name: 'Allow' })
      .click();
    await row('edit', 'auto', 'agent').waitFor();
    await page.getByTestId('agent-panel').screenshot({ path: join(artifacts, 'page-policy.png') });
    await rules.getByRole('button', { name: 'Run commands: as for all agents, Ask' }).click();
    await row('execute', 'ask', 'server').waitFor();
    const sent = server.received.filter(({ type }) => type === 'set_policy');
    assert.deepEqual(
      sent.map(({ request }) => request.policy),
      [{ execute: 'deny' }, { execute: 'deny', edit: 'auto' }, { edit: 'auto' }],
    );
    assert.deepEqual(problems, []);
  });

  it('fits a phone, and says why nothing was changed', async () => {
    const { page, server } = opened;
    await page.setViewportSize({ width: 375, height: 720 });
    server.answer('set_policy', () => {
      throw new ChatError('forbidden', 'Your role is not allowed to.');
    });
    await opened.signIn();
    await page
      .getByRole('button', { name: /menu|conversations|team/i })
      .first()
      .click();
    await page.locator('[data-agent=elad]').click();
    const rules = page.getByTestId('agent-rules');
    await rules
      .getByRole('radiogroup', { name: 'Run commands' })
      .getByRole('radio', { name: 'Never' })
      .click();
    await rules.getByRole('alert').getByText('Your role is not allowed to.').waitFor();
    assert.ok(await rules.locator('[data-group=execute][data-rule=ask]').isVisible());
    await page.screenshot({ path: join(artifacts, 'page-policy-phone.png') });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 375);
  });

  it('only shows it to who may not change it', async () => {
    const { page, server } = opened;
    server.team.self.role = 'analyst';
    await opened.signIn();
    await page.locator('[data-agent=elad]').click();
    await page.locator('[data-group=execute]').getByText('Ask').waitFor();
    assert.equal(await page.getByTestId('agent-rules').getByRole('radio').count(), 0);
  });
});

test('a rule that one sets holds at once, for everybody who looks', async (t) => {
  const app = await startApp(t, { firstAgent: 'elad', approve: 'fetch=deny' });
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const first = await context.newPage();
  await first.goto(app.signInLink);
  await first.getByTestId('message-list').getByText('Welcome!').waitFor();
  const second = await context.newPage();
  await second.goto(app.httpUrl);
  for (const page of [first, second]) {
    page.setDefaultTimeout(stepTimeoutMs);
    await page.locator('[data-agent=elad]').click();
    await page.locator('[data-group=fetch][data-rule=deny][data-from=server]').waitFor();
  }
  await first.getByRole('radiogroup', { name: 'Run commands' }).getByRole('radio', { name: 'Allow' }).click();
  await second.locator('[data-group=execute][data-rule=auto][data-from=agent]').waitFor();
  await second.getByRole('button', { name: 'Run commands: as for all agents, Ask' }).click();
  await first.locator('[data-group=execute][data-rule=ask][data-from=server]').waitFor();
});
