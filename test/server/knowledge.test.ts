import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApp, temporaryFolder } from '../support/app.ts';
import { rawClient } from '../support/raw-client.ts';
import { ask, bearer, secretKey, tokenFor } from '../support/sign-in.ts';

/** What agents are, know and run on. */

const environment = { OPENCODE_SECRET_KEY: secretKey };

test('an agent has the level, model, instructions and memory of its role and of its own', async (t) => {
  const rolesDir = join(temporaryFolder(), 'roles');
  mkdirSync(rolesDir);
  writeFileSync(join(rolesDir, 'baker.md'), '---\nexpertise: [bread]\nmodel: smart\n---\nTaste it first.\n');
  const app = await startApp(t, { rolesDir, firstAgent: 'elad' }, environment);
  const olga = bearer(await tokenFor('olga', 'admin'));
  const viewer = bearer(await tokenFor('vera', 'viewer'));
  const as = (who: typeof olga, body: object) => ({ ...who, body });

  const hired = await ask(app, 'POST', '/employees', as(olga, { name: 'dana', role: 'Baker' }));
  assert.equal(hired.answer.message, 'Successfully hired dana as Baker with smart smartness');
  const { agents } = (await ask(app, 'GET', '/agents', viewer)).answer as unknown as Agents;
  assert.deepEqual(agents.dana?.expertise, ['bread']);
  assert.ok(agents.elad?.expertise.includes('javascript'));
  const { roles } = (await ask(app, 'GET', '/roles', viewer)).answer as unknown as {
    roles: { name: string }[];
  };
  assert.ok(roles.some(({ name }) => name === 'baker') && roles.some(({ name }) => name === 'tester'));

  const clever = { model: 'lab/clever', description: '' };
  assert.equal((await ask(app, 'PUT', '/models/smart', as(viewer, clever))).status, 403);
  assert.equal((await ask(app, 'PUT', '/models/huge', as(olga, clever))).status, 400);
  assert.equal((await ask(app, 'PUT', '/models/smart', as(olga, clever))).status, 200);
  const note = { topic: 'flour', text: 'rye only' };
  assert.equal((await ask(app, 'POST', '/employees/dana/memory', as(viewer, note))).status, 403);
  assert.equal((await ask(app, 'POST', '/employees/nobody/memory', as(olga, note))).status, 404);
  assert.equal((await ask(app, 'POST', '/employees/dana/memory', as(olga, note))).status, 200);

  const given = await ask(app, 'POST', '/tasks', as(olga, { name: 'dana', task: 'bake' }));
  const worker = await rawClient(t, app.webSocketUrl);
  worker.send({ type: 'auth', method: 'token', token: await tokenFor('w', 'system') });
  await worker.nextOf('auth_success');
  const program = { kind: 'command', name: 'none', version: null, model: null, reason: 'a test' };
  worker.send({ type: 'worker_ready', request_id: 1, worker_id: 'w', program });
  worker.send({ type: 'claim_task', request_id: 2, task_id: given.answer.session_id });
  const { data } = await worker.ever((frame) => frame.request_id === 2);
  assert.equal((data.task as { model: string }).model, 'lab/clever');
  assert.equal(data.instructions, 'Taste it first.\n\nWhat you remember:\n- flour: rye only');

  const { notes } = (await ask(app, 'GET', '/employees/dana/memory', viewer)).answer as unknown as Notes;
  assert.deepEqual(
    notes.map(({ topic, text, told_by }) => [topic, text, told_by]),
    [['flour', 'rye only', 'olga']],
  );
  const path = `/employees/dana/memory/${notes[0]?.note_id}`;
  assert.deepEqual((await ask(app, 'DELETE', path, olga)).answer, { forgotten: 1 });
  assert.equal((await ask(app, 'DELETE', path, olga)).answer.code, 'not_found');
});

test('a server does not start with a role that is wrong, and says which', async (t) => {
  const rolesDir = join(temporaryFolder(), 'roles');
  mkdirSync(rolesDir);
  writeFileSync(join(rolesDir, 'baker.md'), 'Taste it first.\n');
  await assert.rejects(startApp(t, { rolesDir }), /baker\.md: begin it with front matter/);
});

interface Agents {
  readonly agents: Readonly<Record<string, { readonly expertise: readonly string[] } | undefined>>;
}
interface Notes {
  readonly notes: readonly { note_id: number; topic: string; text: string; told_by: string }[];
}
