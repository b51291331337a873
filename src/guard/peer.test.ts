import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPeerOf, networkOf, placeOf, type TrustProxy } from './peer.ts';

function peer(trust: TrustProxy, remoteAddress: string, forwarded?: string, warn?: () => void) {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return createPeerOf(trust, warn)({ headers, socket: { remoteAddress } });
}
const address = (...args: Parameters<typeof peer>) => peer(...args).address;
const nobody: TrustProxy = { addresses: [] };

test('without trust a header changes nothing but that the peer is not of this machine', () => {
  assert.equal(address(nobody, '192.0.2.1', '203.0.113.9'), '192.0.2.1');
  assert.deepEqual(
    [peer(nobody, '127.0.0.1').local, peer(nobody, '127.0.0.1', '127.0.0.1').local],
    [true, false],
  );
  let warnings = 0;
  peer(nobody, '::1', '203.0.113.9', () => {
    warnings += 1;
  });
  assert.equal(warnings, 1);
});

test('so many proxies in a row are believed, and nothing that a client wrote before them', () => {
  assert.equal(address({ hops: 1 }, '10.0.0.1', '6.6.6.6, 203.0.113.9'), '203.0.113.9');
  assert.equal(address({ hops: 2 }, '10.0.0.1', '6.6.6.6, 203.0.113.9, 10.0.0.2'), '203.0.113.9');
  assert.equal(address({ hops: 2 }, '10.0.0.1', '203.0.113.9'), '203.0.113.9');
  assert.equal(address({ hops: 1 }, '10.0.0.1'), '10.0.0.1');
});

test('proxies by address are believed, and whoever is none of them is the client', () => {
  const trust: TrustProxy = { addresses: ['loopback', '10.0.0.0/8', '2001:db8:1::/48'] };
  assert.equal(address(trust, '127.0.0.1', '6.6.6.6, 203.0.113.9, 10.0.0.2'), '203.0.113.9');
  assert.equal(address(trust, '::ffff:127.0.0.1', '203.0.113.9'), '203.0.113.9');
  assert.equal(address(trust, '2001:db8:1::5', '203.0.113.9'), '203.0.113.9');
  assert.equal(address(trust, '203.0.113.8', '127.0.0.1'), '203.0.113.8');
  assert.equal(address(trust, '127.0.0.1', '203.0.113.9, rubbish'), '127.0.0.1');
  assert.equal(peer(trust, '127.0.0.1', '127.0.0.1').local, false);
});

test('an address is the same however it is written', () => {
  for (const form of [
    '::ffff:192.0.2.1',
    '::FFFF:192.0.2.1',
    '::ffff:c000:201',
    '0:0:0:0:0:ffff:c000:0201',
  ]) {
    assert.equal(address(nobody, form), '192.0.2.1', form);
  }
  const trust: TrustProxy = { hops: 1 };
  assert.equal(address(trust, '10.0.0.1', '[2001:DB8::1]:443'), '2001:db8::1');
  assert.equal(address(trust, '10.0.0.1', '192.0.2.1:5000'), '192.0.2.1');
  assert.equal(address(nobody, 'fe80::1%eth0'), 'fe80::1');
});

test('all of an IPv6 /64 is one place, and its /48 one network', () => {
  const place = placeOf('2001:db8:1:2:3:4:5:6');
  assert.equal(placeOf('2001:db8:1:2::1'), place);
  assert.notEqual(placeOf('2001:db8:1:3::1'), place);
  assert.equal(networkOf('2001:db8:1:3::1'), networkOf('2001:db8:1:ffff::'));
  assert.notEqual(networkOf('2001:db8:2::1'), networkOf('2001:db8:1::1'));
  assert.deepEqual([placeOf('192.0.2.1'), networkOf('192.0.2.1')], ['192.0.2.1', undefined]);
});
