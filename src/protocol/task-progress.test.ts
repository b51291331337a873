import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phaseOf } from './task-progress.ts';

const calls = (...kinds: string[]) => kinds.map((kind) => ({ kind, status: 'completed' as const }));

test('the phase of a task is what its newest calls are about', () => {
  assert.equal(phaseOf([]), 'starting');
  assert.equal(phaseOf(calls('read', 'search', 'execute')), 'reading');
  assert.equal(phaseOf(calls('execute', 'edit', 'read')), 'changing');
  assert.equal(phaseOf(calls('edit', 'read', 'execute')), 'checking');
  assert.equal(phaseOf(calls('edit', 'execute', 'move')), 'changing');
  assert.equal(phaseOf([...calls('read'), { kind: 'edit', status: 'failed' }]), 'reading');
});
