import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradientChange, message, task } from './fake-team.ts';
import { usePage } from './opened-page.ts';

describe('links in messages', () => {
  const open = usePage();

  it('to a file that the task changed open the task; what cannot be opened is text', async () => {
    const { page, server, problems } = open;
    server.team.tasks.t1 = task('t1', 'elad', {
      status: 'completed',
      changes: [{ ...gradientChange, path: 'index.html' }],
    });
    const text =
      'See [index.html](index.html:12), [app](src/app.ts#L10), [code](vscode://file/x), ' +
      '[site](https://example.com/) and [top](#top).';
    server.team.messages.push(
      message(2, 'elad', text, {
        sender_kind: 'agent',
        metadata: {
          kind: 'task_completed',
          task_id: 't1',
          changes: [{ ...gradientChange, path: 'index.html' }],
        },
      }),
    );
    await open.signIn();
    const said = page.getByTestId('message-list').locator('.prose-chat').last();
    assert.equal(
      await said.textContent(),
      'See index.html:12, app (src/app.ts:10), [code](vscode://file/x), site and [top](#top).',
    );
    const addresses = await said
      .locator('a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    assert.deepEqual(addresses, ['https://example.com/']);
    await said.getByRole('button', { name: 'index.html' }).click();
    await page.getByTestId('task-view').waitFor();
    assert.deepEqual(problems, []);
  });
});
