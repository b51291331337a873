import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../lib/loopback.ts';
import { limits } from '../protocol/index.ts';

/** Where a request or connection comes from. */
export interface Peer {
  /** Its address; behind a trusted proxy that of the client. IPv4 in IPv6 is written as IPv4. */
  readonly address: string;
  /** On this machine, and not brought here by a proxy. */
  readonly local: boolean;
  /** The program, as it calls itself. */
  readonly device: string;
}

/** Whom to believe about where a request comes from: so many proxies in a row, or proxies by address. */
export type TrustProxy = { readonly hops: number } | { readonly addresses: readonly string[] };

type Request = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

/**
 * Tells where requests come from. `X-Forwarded-For` is believed only from the proxies that are trusted: its
 * addresses are gone through from the last one, which the nearest proxy wrote, up to the first one that no
 * trusted proxy vouches for. Without any trust only the socket counts; `warn` is called once when a proxy on
 * this machine seems to be there all the same.
 */
export function createPeerOf(
  trust: TrustProxy,
  warn: () => void = () => undefined,
): (request: Request) => Peer {
  let warned = 'hops' in trust || trust.addresses.length > 0;
  const trusts = 'hops' in trust ? (_: string, hop: number) => hop < trust.hops : listed(trust.addresses);
  return ({ headers, socket }) => {
    if (!warned && headers['x-forwarded-for'] !== undefined && isLoopback(socket.remoteAddress)) {
      warned = true;
      warn();
    }
    let address = plainAddress(socket.remoteAddress ?? '');
    const named = forwardedFor(headers);
    for (let hop = 0; trusts(address, hop); hop += 1) {
      const next = plainAddress(named.pop()?.trim() ?? '');
      if (isIP(next) === 0) break;
      address = next;
    }
    const device = (headers['user-agent'] ?? '').slice(0, limits.deviceCharsMax);
    return { address, local: isLoopback(address) && !isForwarded(headers), device };
  };
}

/** Whether a proxy brought the request, or somebody says so. */
function isForwarded(headers: IncomingMessage['headers']): boolean {
  return ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined);
}

/**
 * What counts as one place: an IPv4 address; of IPv6 the /64, of which every customer has at least one, with
 * addresses without end in it.
 */
export function placeOf(address: string): string {
  return isIP(address) === 6 ? groupsOf(address, 4) : address;
}

/** The larger network of an IPv6 address, its /48, of which a customer may have 65,536 places. */
export function networkOf(address: string): string | undefined {
  return isIP(address) === 6 ? groupsOf(address, 3) : undefined;
}

/** Addresses and networks such as `10.0.0.0/8`; `loopback` is this machine. Throws on anything else. */
function listed(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries.flatMap((word) => (word === 'loopback' ? ['127.0.0.0/8', '::1'] : [word]))) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** From the client's own to the nearest proxy's. */
function forwardedFor(headers: IncomingMessage['headers']): string[] {
  return [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').slice(-limits.proxyHopsMax);
}

/** Without a port, brackets or a zone. */
function plainAddress(text: string): string {
  const bare = /^\[([^\]]+)\](:\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(text)?.[1] ?? text;
  const [address = ''] = bare.split('%');
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1];
  return mapped ?? (isIP(address) === 6 ? mappedInHex(address) : address);
}

/** `::ffff:7f00:1` is 127.0.0.1. */
function mappedInHex(address: string): string {
  const groups = expand(address);
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return address.toLowerCase();
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

function groupsOf(address: string, count: number): string {
  const groups = expand(address).slice(0, count);
  return `${groups.map((group) => group.toString(16)).join(':')}::/${16 * count}`;
}

/** The eight groups of an IPv6 address. */
function expand(address: string): number[] {
  const [head = '', tail] = address.replace(/:(\d+)\.(\d+)\.(\d+)\.(\d+)$/, inHex).split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: gap }, () => 0), ...after];
}

function inHex(_: string, ...bytes: string[]): string {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
  return `:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
