import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A host and port that a sandboxed program wants to reach. */
export interface Destination {
  /** In lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `example.org`, `*.example.org` (every name below it), an address, each with `:PORT` or for any port. */
const pattern = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?(?::(\d{1,5}))?$/;

/** Null when a text is no pattern of hosts. */
export function parseHostPattern(text: string): string | null {
  const given = text.trim().toLowerCase();
  const [, address, after] = /^\[([0-9a-f:.]+)\](?::(\d{1,5}))?$/.exec(given) ?? [];
  const match = pattern.exec(given);
  const isKnown = address === undefined ? match !== null && !given.includes('..') : isIP(address) === 6;
  if (!isKnown) return null;
  const port = Number(after ?? match?.[1] ?? 1);
  return port >= 1 && port <= 65_535 ? given : null;
}

/** Whether a text is the name of one host, or an address: no pattern, and nothing that reads like another. */
export function isHost(host: string): boolean {
  return isIP(host) !== 0 || (host.length <= hostCharsMax && hostName.test(host) && !/^[\d.]+$/.test(host));
}

/** Of DNS. */
const hostCharsMax = 253;
const hostName = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** Whether one of the patterns, as `parseHostPattern` gives them, names the destination. */
export function createHostList(patterns: Iterable<string>): {
  has(destination: Destination): boolean;
} {
  const all = new Set(patterns);
  return {
    has({ host, port }) {
      const name = isIP(host) === 6 ? `[${host}]` : host;
      const names = [name, ...parents(host).map((parent) => `*.${parent}`)];
      return names.some((one) => all.has(one) || all.has(`${one}:${port}`));
    },
  };
}

/** `b.c` and `c` of `a.b.c`. Addresses have none. */
function parents(host: string): string[] {
  if (isIP(host) !== 0) return [];
  const labels = host.split('.');
  return labels.slice(1).map((_, at) => labels.slice(at + 1).join('.'));
}

/** As people read it, and as a pattern. */
export function nameOf({ host, port }: Destination): string {
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return port === 443 ? name : `${name}:${port}`;
}

const local = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['192.0.0.192', 32],
  // Of the host of a virtual machine at Azure.
  ['168.63.129.16', 32],
  ['224.0.0.0', 3],
] as const) {
  local.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  local.addSubnet(network, bits, 'ipv6');
}

/**
 * Whether an address is this machine's or of a network that is not public: loopback, link-local (cloud
 * metadata), private, shared, multicast, and public ones of its own. IPv4 within IPv6 is judged by the IPv4
 * address.
 */
export function isLocalAddress(address: string): boolean {
  const version = isIP(address);
  if (isOwnAddress(address)) return true;
  if (version === 4) return local.check(address, 'ipv4');
  if (version !== 6) return false;
  const mapped = ipv4In(address);
  return mapped !== null ? local.check(mapped, 'ipv4') : local.check(address, 'ipv6');
}

/** An address on which this machine itself listens. */
function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((of) => of?.some((one) => one.address === address));
}

/** Of IPv4-mapped, NAT64 (64:ff9b::/96) and 6to4 (2002::/16) addresses. */
function ipv4In(address: string): string | null {
  const groups = expand(address);
  const [first = 0, second = 0, third = 0] = groups;
  const from = (high = 0, low = 0) => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const isZero = (until: number) => groups.slice(0, until).every((group) => group === 0);
  if (isZero(5) && groups[5] === 0xffff) return from(groups[6], groups[7]);
  if (first === 0x64 && second === 0xff9b) return from(groups[6], groups[7]);
  return first === 0x2002 ? from(second, third) : null;
}

function expand(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address.split('%')[0] ?? '');
  const hex = (high: string | undefined, low: string | undefined) =>
    ((Number(high) << 8) | Number(low)).toString(16);
  const text = dotted
    ? `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`
    : (address.split('%')[0] ?? '');
  const [head = '', tail] = text.split('::');
  const read = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [left, right] = [read(head), tail === undefined ? [] : read(tail)];
  return [...left, ...new Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0), ...right];
}
