import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/app.ts';
import { loadConfig } from '../../config.ts';
import { limits } from '../../protocol/index.ts';
import { createAdmission } from './admission.ts';

const stays = () => assert.fail('must not be told to go');
const from = (address: string, local = false, terminate: () => void = stays) => ({
  peer: { address, local },
  terminate,
});

test('an address has so many sockets; this machine itself as many as there are', () => {
  const admission = createAdmission({ connectionsMax: 6, perAddressMax: 2 });
  const enter = (address: string, local?: boolean) => {
    const entrant = from(address, local);
    if (!admission.enter(entrant)) return undefined;
    admission.signedIn(entrant);
    return entrant;
  };
  const first = enter('2001:db8::1');
  assert.ok(first && enter('2001:db8::2'));
  assert.equal(enter('2001:db8::3'), undefined);
  assert.ok(enter('192.0.2.1'));
  admission.left(first);
  assert.ok(enter('2001:db8::3'));
  assert.ok(enter('127.0.0.1', true) && enter('127.0.0.1', true) && enter('127.0.0.1', true));
  assert.equal(enter('127.0.0.1', true), undefined);
  assert.equal(admission.count(), 6);
});

test('without another setting, an address has as many sockets as the default says', () => {
  const { maxConnections, maxConnectionsPerAddress: perAddressMax } = loadConfig({}, {}, temporaryFolder());
  const admission = createAdmission({ connectionsMax: maxConnections, perAddressMax });
  for (let n = 0; n < perAddressMax; n += 1) {
    const entrant = from('192.0.2.1');
    if (admission.enter(entrant)) admission.signedIn(entrant);
  }
  assert.equal(admission.count(), perAddressMax);
  assert.equal(admission.enter(from('192.0.2.1')), false);
  assert.ok(admission.enter(from('192.0.2.2')));
});

test('of too many that have not signed in, the one that waited longest goes', () => {
  const admission = createAdmission({ connectionsMax: 100_000, perAddressMax: 100_000 });
  const gone: string[] = [];
  const enter = (name: string, address: string) => {
    const entrant = from(address, false, () => gone.push(name));
    assert.ok(admission.enter(entrant));
    return entrant;
  };
  admission.signedIn(enter('signed in', '192.0.2.1'));
  for (let n = 0; n < limits.unsignedSocketsPerAddressMax; n += 1) enter(`a${n}`, '192.0.2.1');
  assert.deepEqual(gone, []);
  enter('one more', '192.0.2.1');
  assert.deepEqual(gone, ['a0']);
  const others = limits.unsignedSocketsMax - limits.unsignedSocketsPerAddressMax;
  for (let n = 0; n < others; n += 1) enter(`b${n}`, `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  assert.deepEqual(gone, ['a0']);
  enter('a newcomer', '203.0.113.1');
  assert.deepEqual(gone, ['a0', 'a1']);
});

test('a server full of sockets that do not sign in lets a newcomer in all the same', () => {
  const admission = createAdmission({ connectionsMax: 2, perAddressMax: 2 });
  const gone: number[] = [];
  const idle = [1, 2].map((n) => from('192.0.2.1', false, () => gone.push(n)));
  for (const entrant of idle) assert.ok(admission.enter(entrant));
  assert.ok(admission.enter(from('203.0.113.1')));
  assert.deepEqual(gone, [1]);
  for (const entrant of idle) admission.left(entrant);
  assert.equal(admission.count(), 1);
});
