import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
import { ask, redeem } from '../support/sign-in.ts';

const cyrillic = 'оlga';

test('an invitation, a key, a hire and a channel are refused a name that looks like another', async (t) => {
  const app = await startApp(t);
  const headers = await redeem(app, app.signInLink);
  const post = (path: string, body: object) => ask(app, 'POST', path, { headers, body });
  const refused = { code: 'name_taken', sentence: /"оlga" looks like "olga", so it cannot be/ };
  for (const [path, body] of [
    ['/auth/links', { user_id: cyrillic }],
    ['/keys', { name: cyrillic, role: 'developer' }],
    ['/employees', { name: cyrillic, role: 'developer' }],
  ] as const) {
    const { answer: told } = await post(path, body);
    assert.equal(told.code, refused.code, path);
    assert.match(String(told.error ?? told.message), refused.sentence, path);
  }
  const { answer: title } = await post('/conversations', { title: 'mаin' });
  assert.match(String(title.error ?? title.message), /looks like the channel "main"/);
  const { answer: spaced } = await post('/conversations', { title: '  ｄｅｓｉｇｎ \t team ' });
  assert.equal((spaced.conversation as { title: string }).title, 'design team');
  for (const blank of ['\u200b', '\u2800', '\u3164', '\u202e abc']) {
    assert.equal((await post('/conversations', { title: blank })).answer.code, 'bad_frame', blank);
  }
});

test('an agent has a name in any script, is mentioned by it in any form, and gets its task', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const dana = connect({ url: app.webSocketUrl, auth: { user_id: 'dana', method: 'development' } });
  t.after(() => dana.close());
  for (const [name, typed] of [
    ['דנה', 'דנה'],
    ['マヤ', 'マヤ'],
    ['élodie', 'E\u0301LODIE'],
    ['मीना', 'मीना'],
  ] as const) {
    const { employee } = await hired(dana, name);
    assert.equal(employee, name);
    const asked = new Promise<string>((resolve) => {
      const stop = dana.on('task_notification', ({ agent_name, type }) => {
        if (type === 'assigned' && agent_name === name) resolve(agent_name);
      });
      t.after(stop);
    });
    await dana.request('chat_message', { text: `@${typed} look at it` });
    assert.equal(await asked, name);
  }
  await assert.rejects(dana.request('hire_agent', { name: 'two words' }), { code: 'name_invalid' });
});

test('a role that is not known is refused with the list where that is asked, else told', async (t) => {
  const app = await startApp(t, { developmentMode: 'true' });
  const dana = connect({ url: app.webSocketUrl, auth: { user_id: 'dana', method: 'development' } });
  t.after(() => dana.close());
  const hire = (role: string, known_role?: boolean) =>
    dana.request('hire_agent', { name: 'eva', role, ...(known_role === undefined ? {} : { known_role }) });
  await assert.rejects(hire('astronaut', true), {
    code: 'unknown_role',
    message:
      /No role is called "astronaut"\. Roles: analyst, .*tester.* To add one, write a file "astronaut.md"/,
  });
  assert.match((await hire('astronaut')).notice ?? '', /No role is called "astronaut"/);
  await dana.request('fire_agent', { name: 'eva' });
  assert.equal((await hire('Frontend developer', true)).notice, null);
});

async function hired(client: ReturnType<typeof connect>, name: string): Promise<{ employee: string }> {
  await client.request('hire_agent', { name });
  const { members } = await client.request('get_members', {});
  return { employee: members.find((member) => member.name === name)?.name ?? 'nobody' };
}
