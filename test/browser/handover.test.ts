import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { message, notification, task } from './fake-team.ts';
import { artifacts, usePage } from './opened-page.ts';

describe('agents that pause', () => {
  const opened = usePage();
  const description = 'paint the door';
  const handover = { requested_by: 'elad', agent_name: 'maya', kind: 'work' as const, description };
  const paused = message(2, 'system', `elad wanted to hand this over to maya.\n\n> ${description}`, {
    sender_kind: 'system',
    metadata: { kind: 'chain_paused', handover },
  });

  it('are let go on with exactly what one wanted to hand over, once', async () => {
    const { page, server, problems } = opened;
    await opened.signIn();
    server.tell({ type: 'chat_message', data: paused });
    const given = task('t7', 'maya', { description, message_id: 2, status: 'assigned' });
    server.answer('go_on', ({ message_id }) => {
      assert.equal(message_id, 2);
      server.tell({ type: 'task_notification', data: notification(given, 'assigned') });
      return { task: given };
    });
    const item = page.locator('[data-message-id="2"]');
    const button = item.getByRole('button', { name: 'Go on: give it to maya' });
    await button.waitFor();
    await page.screenshot({ path: join(artifacts, 'page-paused.png') });
    await button.focus();
    await page.keyboard.press('Enter');
    await item.locator('[data-state=assigned]').waitFor();
    assert.equal(await button.count(), 0);
    assert.deepEqual(problems, []);
  });

  it('show later what was gone on with; who only reads is offered nothing', async () => {
    const { page, server } = opened;
    server.team.self.role = 'viewer';
    const metadata = { kind: 'acknowledgement' as const, task_id: 't7' };
    const other = { ...paused, id: 4, message_id: 'msg-4' };
    server.team.messages.push(
      paused,
      message(3, 'maya', 'On it.', { sender_kind: 'agent', reply_to: 2, metadata }),
      other,
    );
    await opened.signIn();
    await page.locator('[data-message-id="2"]').getByRole('button', { name: 'Task details' }).waitFor();
    await page.locator('[data-message-id="4"]').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Go on/ }).count(), 0);
  });
});
