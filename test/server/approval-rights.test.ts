import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/app.ts';
import { openHouse, request } from '../support/played-worker.ts';
import { ask, bearer, tokenFor } from '../support/sign-in.ts';

/** Who is asked, who may answer, and what needs no asking; the worker is a script. */

test('of two people who answer at once the first counts; who may not approve is told so', async (t) => {
  const { app, comeIn, work, wants } = await openHouse(t);
  const [anna, ben, ida] = await Promise.all([
    comeIn('anna', 'developer'),
    comeIn('ben', 'admin'),
    comeIn('ida', 'analyst'),
  ]);
  const task = await work(anna);
  const { approval } = await wants(task);
  assert.deepEqual(approval?.approvers.toSorted(), ['anna', 'ben', 'olga']);
  const answer = { type: 'answer_approval', approval_id: approval?.approval_id, answer: 'once' };
  assert.equal((await request(ida, answer)).code, 'forbidden');
  const answers = await Promise.all([request(anna, answer), request(ben, answer)]);
  const refused = answers.filter(({ type }) => type === 'error');
  assert.equal(refused.length, 1);
  const [winner, loser] = answers[0]?.type === 'error' ? ['ben', 'anna'] : ['anna', 'ben'];
  assert.match(
    String(refused[0]?.message),
    new RegExp(`^${winner} answered that already: allowed\\.$`),
    loser,
  );
  const audit = await ask(
    app,
    'GET',
    '/audit?action=approval_answered',
    bearer(await tokenFor('ben', 'admin')),
  );
  const lines = audit.answer.entries as { actor: string; subject: string; detail: string }[];
  assert.deepEqual(
    lines.map(({ actor, subject, detail }) => [actor, subject, detail]),
    [[winner, 'elad', `once: execute (${approval?.approval_id})`]],
  );
});

test('who is not in a private conversation neither sees nor answers what is asked there', async (t) => {
  const { app, worker, comeIn, work, wants } = await openHouse(t);
  const [anna, ben] = await Promise.all([comeIn('anna', 'developer'), comeIn('ben', 'admin')]);
  const made = await request(anna, {
    ...{ type: 'create_conversation', kind: 'channel', title: 'plans', private: true, members: ['elad'] },
  });
  const { conversation_id } = made.data.conversation as { conversation_id: string };
  const { approval } = await wants(await work(anna, { conversation_id }), { command: 'cat secret' });
  assert.deepEqual(approval?.approvers, ['anna']);
  const answer = { type: 'answer_approval', approval_id: approval?.approval_id, answer: 'once' };
  assert.equal((await request(ben, answer)).code, 'not_found');
  const listed = async (name: string) => {
    const { answer: page } = await ask(app, 'GET', '/approvals', bearer(await tokenFor(name, 'admin')));
    return (page.approvals as unknown[]).length;
  };
  assert.deepEqual([await listed('ben'), await listed('anna')], [0, 1]);
  assert.equal((await request(anna, answer)).type, 'ack');
  await worker.ever(({ type }) => type === 'approval_answered');
  await request(ben, { type: 'ping' });
  assert.ok(!JSON.stringify(ben.frames).includes('secret'));
});

test('the policy of the server and of an agent decide what is asked', async (t) => {
  const { app, comeIn, work, wants } = await openHouse(t, { approve: 'execute=auto,fetch=deny' });
  const [anna, ida] = await Promise.all([comeIn('anna', 'developer'), comeIn('ida', 'analyst')]);
  const task = await work(anna);
  assert.deepEqual(await wants(task), { allowed: true, reason: null, approval: null });
  assert.equal((await wants(task, { tool: 'search' })).allowed, true);
  const fetch = await wants(task, { tool: 'fetch' });
  assert.deepEqual([fetch.allowed, fetch.approval], [false, null]);
  assert.match(fetch.reason ?? '', /policy of the team denies you this \(fetch\)/);
  assert.equal((await wants(task, { tool: 'switch_mode' })).approval?.status, 'pending');

  const set = { type: 'set_policy', name: 'elad', policy: { execute: 'ask', edit: 'deny' } };
  assert.equal((await request(ida, set)).code, 'forbidden');
  const { policy } = (await request(anna, set)).data;
  const now = { read: 'auto', edit: 'deny', fetch: 'deny', execute: 'ask', other: 'ask' };
  assert.deepEqual(policy, now);
  assert.equal((await wants(task)).approval?.status, 'pending');
  assert.equal((await wants(task, { tool: 'delete' })).allowed, false);
  const admin = bearer(await tokenFor('olga', 'admin'));
  const path = '/employees/elad/policy';
  assert.deepEqual((await ask(app, 'GET', path, admin)).answer.policy, now);
  const reset = await ask(app, 'PUT', path, { ...admin, body: {} });
  assert.deepEqual([reset.status, (reset.answer.policy as typeof now).execute], [200, 'auto']);
  assert.equal((await ask(app, 'PUT', path, { ...admin, body: { execute: 'always' } })).status, 400);
});

test("an agent's own rules stand over its role's, those over the server's", async (t) => {
  const rolesDir = temporaryFolder();
  writeFileSync(
    join(rolesDir, 'developer.md'),
    '---\nexpertise: []\npolicy: { edit: ask, execute: auto }\n---\n',
  );
  const { app, comeIn, work, wants } = await openHouse(t, { rolesDir, approve: 'edit=deny,execute=deny' });
  const anna = await comeIn('anna', 'developer');
  const task = await work(anna);
  const allowed = async (tool: string) => (await wants(task, { tool })).allowed;
  assert.deepEqual([await allowed('edit'), await allowed('execute')], [false, true]);
  assert.equal((await wants(task, { tool: 'edit' })).approval?.status, 'pending');
  await request(anna, { type: 'set_policy', name: 'elad', policy: { edit: 'auto', execute: 'ask' } });
  assert.deepEqual([await allowed('edit'), await allowed('execute')], [true, false]);

  const { data } = await request(anna, { type: 'get_policy', name: 'elad' });
  assert.deepEqual(data.layers, {
    agent: { edit: 'auto', execute: 'ask' },
    role: { edit: 'ask', execute: 'auto' },
    server: { read: 'auto', edit: 'deny', fetch: 'ask', execute: 'deny', other: 'ask' },
  });
  const policy = { read: 'auto', edit: 'auto', fetch: 'ask', execute: 'ask', other: 'ask' };
  assert.deepEqual(data.policy, policy);
  const admin = bearer(await tokenFor('olga', 'admin'));
  assert.deepEqual((await ask(app, 'GET', '/employees/elad/policy', admin)).answer.policy, policy);
});

test('with nobody online who may answer, the task says for whom it waits', async (t) => {
  const { worker, comeIn, work, wants } = await openHouse(t);
  const ida = await comeIn('ida', 'analyst');
  ida.send({ type: 'subscribe_agent', agent_name: '*' });
  await wants(await work(ida));
  const waiting = await worker.ever(({ data }) => data.type === 'waiting');
  const { reason } = waiting.data.metadata as { reason: string };
  assert.equal(reason, 'Waits for approval by olga (not online): ls');
  assert.equal((await ida.ever(({ data }) => data.status === 'waiting')).data.reason, reason);
});

test('REST gives what is asked in the one form that every surface shows', async (t) => {
  const { app, comeIn, work, wants } = await openHouse(t);
  const anna = await comeIn('anna', 'developer');
  await wants(await work(anna), { title: 'x', command: 'ls # \u001b]0;\nrm x\u202e\u200b' });
  const { answer } = await ask(app, 'GET', '/approvals', bearer(await tokenFor('anna', 'developer')));
  const [asked] = answer.approvals as { exact: string; command: string }[];
  assert.equal(asked?.exact, 'ls # \\u{1b}]0;↵\nrm x\\u{202e}\\u{200b}');
  assert.equal(asked?.command, 'ls # \u001b]0;\nrm x\u202e\u200b');
});
