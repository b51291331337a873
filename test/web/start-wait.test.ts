import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerStatus } from '../../web/src/state/app-state.ts';
import { startWaitText } from '../../web/src/state/start-wait.ts';
import { agentStatus, task } from '../browser/fake-team.ts';

const server: ServerStatus = {
  timestamp: '',
  active_sessions: 1,
  total_agents: 1,
  chat_enabled: true,
  transport_type: 'websocket',
  worker: 'demo',
  worker_state: 'connected',
  supply: null,
  storage_problem: null,
  development_mode: false,
};
const next = task('t2', 'elad', { status: 'assigned' });
const agents = { elad: agentStatus('elad') };

describe('a task in line', () => {
  it('says that no worker is there, or that agents cannot work', () => {
    const told = (more: object) => startWaitText({ server: { ...server, ...more }, tasks: {}, agents }, next);
    assert.equal(told({ worker_state: 'none' }), 'Waiting to start: no worker is connected');
    assert.equal(told({ worker_state: 'starting' }), 'Waiting to start: the worker is starting');
    const supply = { state: 'waiting', problem: 'no_model' };
    assert.equal(told({ supply }), 'Waiting to start: no model is set up');
    assert.equal(told({ supply: { state: 'ready', problem: 'no_model' } }), 'Waiting to start');
  });

  it('says what is before it, also when that is hidden from the reader', () => {
    const told = (...others: ReturnType<typeof task>[]) => {
      const tasks = Object.fromEntries([...others, next].map((each) => [each.task_id, each]));
      return startWaitText({ server, tasks, agents }, next);
    };
    const running = task('t1', 'elad', { description: 'paint' });
    assert.equal(told(running), 'Waiting to start after “paint”');
    const waiting = task('t3', 'elad', { status: 'assigned' });
    assert.equal(told(running, waiting), 'Waiting to start: 2 tasks before this one');
    assert.equal(told(task('t4', 'maya'), task('t5', 'elad', { status: 'completed' })), 'Waiting to start');
    const busy = { elad: agentStatus('elad', { status: 'working' }) };
    assert.equal(
      startWaitText({ server, tasks: {}, agents: busy }, next),
      'Waiting to start: elad is at another task',
    );
  });
});
