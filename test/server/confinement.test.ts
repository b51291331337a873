import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { WorkerQuestion } from '../../src/protocol/index.ts';
import { openAllowedHosts } from '../../src/worker/sandbox/allowed-hosts.ts';
import { temporaryFolder } from '../support/app.ts';
import { openHouse, request } from '../support/played-worker.ts';
import { ask, bearer, tokenFor } from '../support/sign-in.ts';

/** How agents are confined, as people see and change it. */

const hash = 'a'.repeat(43);
const sandbox = { state: 'on', reason: 'Agents and their commands are confined.' };
const project_config = {
  ...{ state: 'untrusted', hash, files: ['opencode.json'], commands: ['node x.js'], plugins: [] },
  reason: 'This project has configuration of its own.',
};

/** A worker that says how it confines agents, and answers questions. */
async function openRoom(t: TestContext) {
  const house = await openHouse(t);
  const { worker } = house;
  const program = {
    ...{ kind: 'opencode', name: 'opencode', version: null, model: null, reason: 'It works.' },
    ...{ sandbox, project_config },
  };
  await request(worker, { type: 'report_supply', program });
  const hosts = openAllowedHosts(['set.example'], join(temporaryFolder(), 'hosts', 'allowed.json'));
  const trusted: boolean[] = [];
  async function answer() {
    const { data } = await worker.nextOf('worker_question');
    const question = data.question as WorkerQuestion;
    const give = (given: object) =>
      request(worker, {
        ...{ type: 'answer_worker_question', question_id: data.question_id },
        answer: { kind: question.kind, ...given },
      });
    if (question.kind === 'trust_project') {
      trusted.push(question.trusted);
      await give({});
    } else if (question.kind === 'allowed_hosts') {
      const removed = question.remove !== null && hosts.remove(question.remove);
      await give({ hosts: hosts.list(), set: hosts.set, removed });
    }
  }
  const olga = await house.comeIn('olga', 'admin');
  return { ...house, olga, hosts, trusted, answer };
}

test('everybody sees whether agents are confined; only admins trust a configuration', async (t) => {
  const { app, olga, comeIn, answer, trusted } = await openRoom(t);
  const status = await olga.ever(({ type, data }) => type === 'server_status' && data.sandbox != null);
  assert.deepEqual([status.data.sandbox, status.data.project_config], [sandbox, project_config]);
  const viewer = bearer(await tokenFor('vera', 'viewer'));
  const seen = await ask(app, 'GET', '/confinement', viewer);
  assert.deepEqual(seen.answer, { sandbox, project_config });
  const members = await request(olga, { type: 'get_members' });
  assert.deepEqual([members.data.sandbox, members.data.project_config], [sandbox, project_config]);

  const dana = await comeIn('dana', 'developer');
  assert.equal((await request(dana, { type: 'trust_project', hash })).code, 'forbidden');
  const other = await request(olga, { type: 'trust_project', hash: 'b'.repeat(43) });
  assert.equal(other.code, 'not_found');
  const trusting = request(olga, { type: 'trust_project', hash });
  await answer();
  assert.equal((await trusting).type, 'ack');
  const admin = bearer(await tokenFor('olga', 'admin'));
  const ending = ask(app, 'PUT', '/confinement/trust', { ...admin, body: { hash, trusted: false } });
  await answer();
  assert.deepEqual((await ending).answer, { hash, trusted: false });
  assert.deepEqual(trusted, [true, false]);
});

test('admins list the hosts that are always allowed, and have people asked again', async (t) => {
  const { app, olga, hosts, comeIn, answer } = await openRoom(t);
  hosts.add('example.org');
  hosts.add('127.0.0.1:8080');
  const dana = await comeIn('dana', 'developer');
  assert.equal((await request(dana, { type: 'get_allowed_hosts' })).code, 'forbidden');
  const listing = request(olga, { type: 'get_allowed_hosts' });
  await answer();
  assert.deepEqual((await listing).data, { hosts: ['example.org', '127.0.0.1:8080'], set: ['set.example'] });
  const destination = { host: 'example.org', port: 443 };
  assert.equal(hosts.has(destination), true);
  const removing = request(olga, { type: 'remove_allowed_host', host: 'Example.org' });
  await answer();
  assert.deepEqual((await removing).data.hosts, ['127.0.0.1:8080']);
  assert.equal(hosts.has(destination), false);
  const admin = bearer(await tokenFor('olga', 'admin'));
  const path = `/confinement/hosts/${encodeURIComponent('127.0.0.1:8080')}`;
  const last = ask(app, 'DELETE', path, admin);
  await answer();
  assert.deepEqual((await last).answer, { hosts: [], set: ['set.example'] });
  const again = ask(app, 'DELETE', path, admin);
  await answer();
  assert.equal((await again).answer.code, 'not_found');
});

test('what people allowed is kept over a restart, and a setting is not removed', async () => {
  const record = join(temporaryFolder(), 'hosts', 'allowed.json');
  openAllowedHosts([], record).add('example.org');
  const hosts = openAllowedHosts(['set.example'], record);
  assert.deepEqual(hosts.list(), ['example.org']);
  assert.equal(hosts.remove('set.example'), false);
  assert.equal(hosts.has({ host: 'set.example', port: 443 }), true);
});
