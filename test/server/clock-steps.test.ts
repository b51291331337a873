import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp } from '../../src/app.ts';
import { signToken } from '../../src/auth/tokens.ts';
import { loadConfig } from '../../src/config.ts';
import { createClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { temporaryFolder } from '../support/app.ts';
import { connectSocket } from '../support/mcp-client.ts';
import { request } from '../support/played-worker.ts';
import { secretKey, tokenFor } from '../support/sign-in.ts';

const hourMs = 60 * 60 * 1000;

for (const stepMs of [2 * hourMs, -2 * hourMs]) {
  const way = stepMs > 0 ? 'forth' : 'back';
  test(`a clock that is set ${way} by hours ends no lock, approval or task, nor a token`, async (t) => {
    let offMs = 0;
    const clock = createClock(() => Date.now() + offMs);
    const flags = { port: '0', websocketPort: '0', workers: 'none', firstAgent: 'elad', logLevel: 'error' };
    const environment = { OPENCODE_SECRET_KEY: secretKey };
    const folder = temporaryFolder();
    const config = loadConfig({ ...flags, playground: true, dbPath: 'chat.db' }, environment, folder);
    const app = await createApp(config, createLog('error'), clock);
    t.after(() => app.close());
    const olga = await connectSocket(t, app, await tokenFor('olga', 'admin'));
    const worker = await connectSocket(t, app, await tokenFor('w', 'system'));
    const program = { kind: 'demo', name: 'script', version: null, model: null, reason: 'a test' };
    await request(worker, { type: 'worker_ready', worker_id: 'w', program });
    const asked = await request(olga, { type: 'assign_task', agent_name: 'elad', task: 'dig' });
    const { task_id } = asked.data.task as { task_id: string };
    await request(worker, { type: 'claim_task', task_id });
    await request(olga, { type: 'lock_files', files: ['a.txt'] });
    const action = { tool: 'execute', title: 'ls', command: 'ls', input: null, paths: [], diff: '' };
    const want = { type: 'request_approval', task_id, call_id: 'c1', ...action };
    const { approval } = (await request(worker, want)).data as { approval: { approval_id: number } };
    const signedBefore = await signToken(
      secretKey,
      { user_id: 'pat', role: 'developer', id: null, task_id: null },
      4 * hourMs,
      clock,
    );

    offMs = stepMs;
    // Asking for another looks at what is due.
    await request(worker, { ...want, call_id: 'c2' });
    await request(olga, { type: 'lock_files', files: ['b.txt'] });
    const { approvals } = (await request(olga, { type: 'get_approvals' })).data as {
      approvals: { approval_id: number; status: string }[];
    };
    const mine = approvals.find(({ approval_id }) => approval_id === approval.approval_id);
    assert.equal(mine?.status, 'pending');
    const { locks } = (await request(olga, { type: 'get_locks' })).data as { locks: { path: string }[] };
    assert.deepEqual(locks.map(({ path }) => path).sort(), ['a.txt', 'b.txt']);
    const { task } = (await request(olga, { type: 'get_task', task_id })).data as {
      task: { status: string };
    };
    assert.equal(task.status, 'waiting');
    await connectSocket(t, app, signedBefore);
  });
}
