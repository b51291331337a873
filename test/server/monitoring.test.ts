import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Alert } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';

/** What operators ask of a running server, with an admin's key. */

const key = 'k'.repeat(40);

async function asking(t: TestContext, environment: Record<string, string> = { OPENCODE_ADMIN_KEY: key }) {
  const app = await startApp(t, { firstAgent: 'elad' }, environment);
  return async (method: string, path: string, body?: object) => {
    const response = await fetch(`${app.httpUrl}/monitoring${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
}

interface Status {
  readonly health: string;
  readonly components: { readonly worker: { readonly status: string } };
  readonly agents: { readonly total_agents: number };
  readonly alerts: { readonly active: number; readonly acknowledged: number };
}

test('without a worker the server is unhealthy and says why, until somebody sees to it', async (t) => {
  const ask = await asking(t);
  const read = async () => (await ask('GET', '/production/status')).body.production as unknown as Status;
  const before = await read();
  assert.equal(before.health, 'unhealthy');
  assert.deepEqual([before.components.worker.status, before.agents.total_agents], ['problem', 1]);
  const alerts = (await ask('GET', '/production/alerts')).body.alerts as unknown as Alert[];
  const [worker] = alerts.filter(({ alert_id }) => alert_id === 'component-worker');
  assert.deepEqual([worker?.severity, worker?.status], ['high', 'active']);

  const acknowledge = (acknowledged_by: string) =>
    ask('POST', '/production/alerts/component-worker/acknowledge', { acknowledged_by });
  assert.equal((await acknowledge('somebody else')).status, 403, 'in one’s own name only');
  const seen = await acknowledge('admin_user');
  assert.equal(seen.status, 200);
  assert.equal((seen.body.alert as unknown as Alert).acknowledged_by, 'admin_user');
  const after = await read();
  assert.deepEqual(
    [after.alerts.active, after.alerts.acknowledged],
    [before.alerts.active - 1, before.alerts.acknowledged + 1],
  );
  const none = await ask('POST', '/production/alerts/component-moon/acknowledge');
  assert.deepEqual([none.status, none.body.code], [404, 'not_found']);
});

test('how busy it was is told and exported; what cannot be done is said with what can', async (t) => {
  const ask = await asking(t);
  const { body } = await ask('GET', '/production/performance?hours=1');
  const [sample] = (body.performance as unknown as { memory_bytes: number; cpu_percent: number }[]).slice(-1);
  assert.ok(sample !== undefined && sample.memory_bytes > 10_000_000 && sample.cpu_percent >= 0);
  assert.equal((await ask('GET', '/production/performance?hours=25')).status, 400);
  const exported = await ask('GET', '/production/export?format=json&hours=24');
  assert.deepEqual(Object.keys(exported.body).sort(), [
    'alerts',
    'performance',
    'production',
    'recovery',
    'timestamp',
  ]);
  assert.equal((await ask('GET', '/production/export?format=xml')).status, 400);
  assert.deepEqual((await ask('POST', '/production/recovery/restart_stuck_agents')).body, {
    message: 'No agent is stuck.',
  });
  const tidied = await ask('POST', '/production/recovery/optimize_database');
  assert.match(String(tidied.body.message), /^The database takes \d+ bytes/);
  const refused = await ask('POST', '/production/recovery/cleanup_temp_files');
  assert.equal(refused.status, 404);
  assert.match(String(refused.body.error), /There are: restart_stuck_agents, optimize_database/);
});

test('who may only develop may neither look into the server nor act on it', async (t) => {
  const ask = await asking(t, { OPENCODE_API_KEY: key });
  assert.equal((await ask('GET', '/production/status')).status, 403);
  assert.equal((await ask('POST', '/production/recovery/restart_stuck_agents')).status, 403);
  assert.equal((await ask('GET', '/health')).status, 200);
  assert.equal((await ask('GET', '/agents/nobody')).status, 404);
});
