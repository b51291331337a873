import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { message, person } from './fake-team.ts';
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
