import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP, type LookupFunction } from 'node:net';
import { RequestError, Server } from 'proxy-chain';
import { limits } from '../../protocol/index.ts';
import { type Destination, isHost, isLocalAddress, nameOf } from './hosts.ts';

/** A request that a sandboxed program makes of the network. */
export interface NetworkRequest extends Destination {
  /** Of a plain HTTP request; null where it cannot be seen, as of https. */
  readonly path: string | null;
}

export type NetworkAnswer =
  | { readonly allowed: true; readonly local?: boolean }
  | { readonly allowed: false; readonly reason: string };

/** Decides about one request. `local` in its answer lets the name lead to this machine or its network. */
export type DecideNetwork = (request: NetworkRequest) => Promise<NetworkAnswer> | NetworkAnswer;

/** The only way out of a sandbox: an HTTP proxy on a Unix socket that asks about each destination. */
export interface NetworkGate {
  close(): Promise<void>;
}

export interface NetworkGateOptions {
  /** The Unix socket. */
  readonly socket: string;
  readonly decide: DecideNetwork;
  /** The proxy that this machine itself needs for a destination; null: none. */
  readonly upstream: (destination: Destination) => string | null;
}

const forbidden = 403;

/**
 * The name is resolved once, here, and the address that was looked at is the one that is connected to: a
 * name cannot lead elsewhere afterwards.
 */
export async function openNetworkGate(options: NetworkGateOptions): Promise<NetworkGate> {
  const { socket, decide, upstream } = options;
  const proxy = new UnixSocketProxy({
    async prepareRequestFunction({ hostname, port, request, isHttp }) {
      const host = hostname
        .toLowerCase()
        .replace(/^\[|\]$/g, '')
        .replace(/\.$/, '');
      if (!isHost(host)) throw new RequestError('That is no name of a host and no address.\n', forbidden);
      const destination = { host, port, path: isHttp ? pathOf(request.url) : null };
      const answer = await decide(destination);
      if (!answer.allowed) throw new RequestError(`${answer.reason}\n`, forbidden);
      const proxyUrl = upstream(destination);
      if (proxyUrl !== null) {
        await refuseLocalName(destination);
        return { upstreamProxyUrl: proxyUrl };
      }
      const address = await addressOf(destination, answer.local ?? false);
      return { dnsLookup: always(address) as never };
    },
  });
  proxy.on('requestFailed', () => undefined);
  // Each takes descriptors of the worker.
  proxy.server.maxConnections = limits.sandboxConnectionsMax;
  proxy.server.listen(socket);
  await once(proxy.server, 'listening');
  return {
    async close() {
      await proxy.close(true);
    },
  };
}

/** The library drops connections whose peer has no address, which none has on a Unix socket. */
class UnixSocketProxy extends Server {
  override onConnection(socket: Parameters<Server['onConnection']>[0]): void {
    this.registerConnection(socket);
    // What breaks a connection is for its own request to tell.
    socket.on('error', () => undefined);
  }
}

async function addressOf({ host, port }: Destination, local: boolean): Promise<string> {
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  const address = addresses.find((one) => local || !isLocalAddress(one));
  if (address !== undefined) return address;
  throw leadsHere({ host, port });
}

/** The proxy beyond may run on this machine. It resolves names that this machine does not know. */
async function refuseLocalName(destination: Destination): Promise<void> {
  const { host } = destination;
  const addresses = isIP(host) === 0 ? await lookup(host, { all: true }).catch(() => []) : [];
  if (addresses.some(({ address }) => isLocalAddress(address))) throw leadsHere(destination);
}

function leadsHere(destination: Destination): RequestError {
  return new RequestError(
    `${nameOf(destination)} leads to an address of this machine or its network. A person can allow that ` +
      'address itself.\n',
    forbidden,
  );
}

async function resolve(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new RequestError(`The name ${host} could not be resolved (${code}).\n`, 502);
  }
}

function always(address: string): LookupFunction {
  const family = isIP(address);
  return (_host, options, callback) => {
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

function pathOf(url: string | undefined): string | null {
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : null;
}
