import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentStatus } from '../protocol/index.ts';
import { agentHealth, type Known, summarise } from './health.ts';

const now = 1_000_000;
const stuckMs = 60_000;
const none = { last: null, lastNewsMs: null, waitsUntilMs: null, now, stuckMs };

function health(status: Partial<AgentStatus>, more: Partial<Known> = {}) {
  const idle: AgentStatus = {
    agent_name: 'elad',
    role: 'developer',
    status: 'idle',
    current_task: null,
    progress: 0,
    indeterminate: false,
    last_activity: '2026-01-02T12:00:00.000Z',
    session_id: null,
    queued_tasks: 0,
    reason: null,
    model_wait: null,
    connected_users: [],
  };
  return agentHealth({ status: { ...idle, ...status }, ...none, ...more });
}

test('health is what was observed', () => {
  const working = { status: 'working', current_task: 'build' } as const;
  assert.equal(health({}).health_status, 'HEALTHY');
  assert.equal(health(working, { lastNewsMs: now - 29_999 }).health_status, 'HEALTHY');
  const stagnant = health(working, { lastNewsMs: now - 30_000 });
  assert.deepEqual([stagnant.health_status, stagnant.reason], ['STAGNANT', 'Nothing new for 30 s.']);
  assert.equal(health({ ...working, status: 'waiting' }, { lastNewsMs: 0 }).health_status, 'HEALTHY');
  assert.equal(health({ ...working, status: 'stuck' }).health_status, 'STUCK');
  assert.equal(health({ status: 'offline' }).health_status, 'HEALTHY');
  assert.equal(health({ status: 'offline', queued_tasks: 1 }).health_status, 'ERROR');
  assert.equal(health({}, { last: { status: 'failed', reason: 'no' } }).health_status, 'ERROR');
  assert.equal(health(working, { last: { status: 'failed', reason: 'no' } }).health_status, 'HEALTHY');
  assert.equal(health({}, { last: { status: 'stopped', reason: null } }).health_status, 'HEALTHY');
});

test('an agent that waits for its model until a known time does not stagnate before it', () => {
  const working = { status: 'working', current_task: 'build' } as const;
  const until = (ms: number) => health(working, { lastNewsMs: 0, waitsUntilMs: ms }).health_status;
  assert.deepEqual(
    [until(now + 1), until(now - 29_999), until(now - 30_000)],
    ['HEALTHY', 'HEALTHY', 'STAGNANT'],
  );
});

test('the summary counts each agent once', () => {
  const { agent_details: _, ...counts } = summarise({
    a: health({}),
    b: health({ status: 'stuck' }),
    c: health({}, { last: { status: 'interrupted', reason: null } }),
  });
  assert.deepEqual(counts, {
    total_agents: 3,
    healthy_agents: 1,
    stuck_agents: 1,
    stagnant_agents: 0,
    error_agents: 1,
  });
});
