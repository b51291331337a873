import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentStatus, message, person } from './fake-team.ts';
import { usePage } from './opened-page.ts';

describe('the web page', () => {
  const opened = usePage();

  it('signs in by the code of a link, which is gone from the address at once', async () => {
    const { page, server, problems } = opened;
    await opened.signIn();
    assert.equal(page.url(), `${server.url}/`);
    assert.equal(await page.evaluate('history.length'), 2);
    await page.reload();
    await page.getByText('good morning').waitFor();
    for (const id of ['chat-interface', 'message-input', 'message-list', 'user-list', 'connection-status']) {
      assert.equal(await page.getByTestId(id).count(), 1, id);
    }
    await page.getByTestId('connection-status').getByText('connected').waitFor();
    assert.deepEqual(problems, []);
  });

  it('says how to get a link, and takes a pasted one', async () => {
    const { page, server } = opened;
    await page.goto(server.url);
    await page.getByText('opencode-slack link').waitFor();
    await page.getByLabel('Or paste').fill('http://localhost:8080/#code=USED');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('used or is too old').waitFor();
    await page.getByLabel('Or paste').fill('http://localhost:8080/#code=GOOD-CODE');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('good morning').waitFor();
  });

  it('takes a link that is opened in the page itself, and leaves no code in the address', async () => {
    const { page, server } = opened;
    await opened.signIn();
    server.team.codes.add('NEXT-CODE');
    const exchanged = page.waitForResponse('**/auth/exchange');
    await page.evaluate(`location.hash = '#code=NEXT-CODE'`);
    assert.equal((await exchanged).status(), 200);
    await page.getByText('good morning').waitFor();
    assert.equal(new URL(page.url()).hash, '');
  });

  it('says who signed out; who could not be signed out is told so and stays', async () => {
    const { page } = opened;
    await opened.signIn();
    await page.route('**/auth/logout', (route) => route.abort());
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are still signed in: the server does not answer. Try again.').waitFor();
    await page.unroute('**/auth/logout');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You signed out' }).waitFor();
    await page.getByText('Drafts and messages that were not sent yet are kept').waitFor();
  });

  it('writes every time of day as the locale of the browser does', async () => {
    const { page, server } = opened;
    const browser = page.context().browser() ?? assert.fail();
    const timestamp = '2026-01-02T13:06:00.000Z';
    const model_wait = { until: timestamp, reason: '429' };
    server.team.agents.elad = agentStatus('elad', { status: 'working', model_wait });
    server.team.messages.push(
      message(2, 'ruth', 'one', { timestamp }),
      message(3, 'ruth', 'two', { timestamp }),
    );
    for (const [locale, time] of [
      ['en-US', '1:06 PM'],
      ['de-DE', '13:06'],
    ] as const) {
      const context = await browser.newContext({ locale, timezoneId: 'UTC' });
      const other = await context.newPage();
      server.team.codes.add(locale);
      await other.goto(`${server.url}/#code=${locale}`);
      await other.getByText('two').waitFor();
      const times = other.locator('[data-message-id="2"] time, [data-message-id="3"] time');
      assert.deepEqual((await times.allTextContents()).map(withPlainBlanks), [time, time]);
      const waits = await other
        .getByTestId('user-list')
        .getByText('Waiting for the model')
        .first()
        .textContent();
      assert.ok(withPlainBlanks(waits ?? '').includes(`until 2026-01-02 ${time} (429)`), waits ?? '');
      await context.close();
    }
  });

  it('names days by the clock, also of a page that is open over midnight', async () => {
    const { page, server } = opened;
    const evening = new Date();
    evening.setHours(23, 59, 0, 0);
    await page.clock.install({ time: evening });
    server.team.messages.push(message(2, 'ruth', 'late', { timestamp: evening.toISOString() }));
    await opened.signIn();
    const heading = page.getByTestId('day').last();
    await heading.getByText('Today').waitFor();
    await page.clock.fastForward(2 * 60 * 1000);
    await heading.getByText('Yesterday').waitFor();
  });

  it('never runs what a name or a message holds', async () => {
    const { page, server, items } = opened;
    const attack = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>';
    server.team.members.push(person(attack));
    server.team.connected.push(attack);
    server.team.messages.push(
      message(
        2,
        attack,
        `${attack} [press](javascript:window.attacked=1) ![](https://example.invalid/x.png)`,
      ),
    );
    await opened.signIn();
    await items.filter({ hasText: 'press' }).waitFor();
    assert.equal(await page.evaluate(`'attacked' in window`), false);
    assert.equal(await page.getByTestId('message-list').locator('img, script').count(), 0);
    assert.equal(await page.locator('a[href^="javascript"]').count(), 0);
    const outside = page.getByTestId('message-list').locator('a[target=_blank]').last();
    assert.match((await outside.getAttribute('rel')) ?? '', /noopener/);
  });
});

/** Chromium puts a narrow no-break space before "PM". */
function withPlainBlanks(text: string): string {
  return text.replaceAll('\u202f', ' ');
}
