import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';
import { limits } from '../../protocol/index.ts';
import { createHostList, isHost, isLocalAddress, parseHostPattern } from './hosts.ts';

describe('hosts', () => {
  it('a host is a name or an address, never a pattern or a number that some programs read as one', () => {
    for (const host of ['example.org', 'a-b.c', 'localhost', '10.0.0.1', '::1'])
      assert.ok(isHost(host), host);
    for (const host of [
      '',
      '*',
      '*.example.org',
      '127.1',
      '2130706433',
      'a..b',
      'a b',
      'ex\u202eample',
      'é.fr',
    ]) {
      assert.ok(!isHost(host), host);
    }
    assert.ok(!isHost(`${'a.'.repeat(126)}ab.c`), 'a name has at most 253 characters');
  });

  it('every way to write an address of this machine or its network is local', () => {
    const own = Object.values(networkInterfaces()).flatMap((of) => (of ?? []).map(({ address }) => address));
    const others = ['127.9.9.9', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::a00:1'];
    const metadata = [
      '169.254.169.254',
      '100.100.100.200',
      '168.63.129.16',
      'fd00:ec2::254',
      '0.0.0.0',
      '::',
    ];
    for (const address of [...own, ...others, ...metadata]) assert.ok(isLocalAddress(address), address);
    for (const address of ['1.1.1.1', '2606:4700::1111']) assert.ok(!isLocalAddress(address), address);
  });

  it('patterns name a host, all below one, or an address, and nothing else', () => {
    for (const text of ['example.org', '*.example.org:443', '[::1]:80', '10.0.0.1']) {
      assert.equal(parseHostPattern(` ${text.toUpperCase()} `), text);
    }
    for (const text of ['*', '*.', '**.a', 'a.*.b', 'http://a', 'a:0', 'a:65536', 'a b', 'a/b', '[a]', '']) {
      assert.equal(parseHostPattern(text), null, text);
    }
  });

  it('a list of as many hosts as are kept finds each of them', () => {
    const names = Array.from({ length: limits.allowedHostsMax }, (_, at) => `h${at}.example.org`);
    const list = createHostList(names);
    assert.ok(names.every((host) => list.has({ host, port: 443 })));
    assert.ok(!list.has({ host: 'other.example.org', port: 443 }));
  });
});
