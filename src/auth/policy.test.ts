import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personRoles, type Role } from '../protocol/index.ts';
import { demand, lesserRole, may, permissionsOf, policy, roleOf } from './policy.ts';

test('of the roles of people each may do all that the next one may', () => {
  const ladder: readonly Role[] = [...personRoles, 'guest'];
  for (const [index, lower] of ladder.slice(1).entries()) {
    const higher = ladder[index] as Role;
    const more = permissionsOf(higher);
    for (const action of permissionsOf(lower)) assert.ok(more.includes(action), `${higher} may ${action}`);
    assert.ok(more.length > permissionsOf(lower).length, `${higher} may more than ${lower}`);
    assert.equal(lesserRole(higher, lower), lower);
    assert.equal(lesserRole(lower, higher), lower);
  }
});

test('a guest and a viewer change nothing; a worker only works', () => {
  assert.deepEqual(permissionsOf('guest'), ['read']);
  assert.deepEqual(permissionsOf('viewer'), ['read', 'follow']);
  assert.deepEqual(permissionsOf('system'), ['read', 'lock', 'read_private', 'work']);
});

test('no person reads private conversations of others, and none but admins the audit log', () => {
  assert.deepEqual(policy.read_private, ['system']);
  assert.deepEqual(policy.read_audit, ['admin']);
});

test('a word that is no role may only look on; the older "user" is a developer', () => {
  for (const word of ['', 'Admin', 'root', 'constructor', '__proto__']) {
    assert.equal(roleOf(word), 'viewer');
    assert.equal(may({ role: word }, 'post'), false);
  }
  assert.equal(roleOf('user'), 'developer');
});

test('a refusal names the role, the deed and who may', () => {
  assert.throws(() => demand({ role: 'viewer' }, 'hire'), {
    code: 'forbidden',
    message: 'Your role "viewer" is not allowed to hire or fire agents. Allowed: admin, developer.',
  });
});
