import { isIP } from 'node:net';
import { limits } from '../../protocol/index.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import { type Destination, isLocalAddress, nameOf } from './hosts.ts';
import type { NetworkAnswer, NetworkRequest } from './network.ts';

/** How far a person allows a host. */
export type NetworkPermission = 'once' | 'task' | 'project';

/** Asks people whether a session may reach a host; a session of null is the agent program itself. */
export type AskNetwork = (
  session: string | null,
  destination: Destination,
) => Promise<{ readonly allowed: NetworkPermission } | { readonly refused: string }>;

/** What a program and its commands may reach. */
export interface NetworkRules {
  decide(session: string | null, request: NetworkRequest): Promise<NetworkAnswer>;
  /** Who is asked about hosts that nobody allowed yet. Until it is set, they are refused. */
  onQuestion(ask: AskNetwork): void;
  /** The team's tools, the one address of the chat that the program may reach. */
  allowTools(url: string): void;
  /** Lets the program itself reach a host for a minute: a person allowed just that. */
  allowOnce(destination: Destination): void;
  /** A port on this machine that nobody can allow. */
  refuseLocalPort(port: number): void;
  /** The commands of a session have ended, and what they were allowed once or for the task. */
  ended(session: string): void;
  readonly upstream: (destination: Destination) => string | null;
}

export interface NetworkRulesOptions {
  readonly env: NodeJS.ProcessEnv;
  /** URLs of model providers. */
  readonly providers: readonly string[];
  /** Those that may always be reached. */
  readonly always: Pick<AllowedHosts, 'has' | 'add'>;
  readonly chatPorts: readonly number[];
}

export function createNetworkRules(options: NetworkRulesOptions): NetworkRules {
  const { always } = options;
  const providers = options.providers.flatMap((url) => destinationOf(url) ?? []);
  const tools = new Map<string, Destination & { path: string }>();
  const refusedPorts = new Set(options.chatPorts);
  const once = new Map<string, number>();
  const bySession = new Map<string | null, Set<string>>();
  const asking = new Map<string, Promise<NetworkAnswer>>();
  let ask: AskNetwork = async () => ({ refused: 'Nobody can be asked about it now.' });

  const isOnce = (session: string | null, name: string) =>
    (once.get(`${session} ${name}`) ?? 0) > performance.now();

  function allowForAMinute(session: string | null, name: string): void {
    for (const [key, until] of once) if (until < performance.now()) once.delete(key);
    once.set(`${session} ${name}`, performance.now() + limits.networkOnceMs);
  }

  function known(session: string | null, request: NetworkRequest): NetworkAnswer | null {
    const { host, port, path } = request;
    const name = nameOf(request);
    const tool = tools.get(name);
    if (session === null && tool !== undefined && path === tool.path) return { allowed: true, local: true };
    if (tool !== undefined || (isThisMachine(host) && refusedPorts.has(port))) {
      return { allowed: false, reason: 'The chat is reached by the tools of the team only.' };
    }
    if (session === null && providers.some((one) => one.host === host && one.port === port)) {
      return { allowed: true, local: true };
    }
    if (always.has(request)) return { allowed: true, local: isThisMachine(host) };
    const isAllowed = bySession.get(session)?.has(name) || isOnce(session, name);
    return isAllowed ? { allowed: true, local: isThisMachine(host) } : null;
  }

  async function askPeople(session: string | null, request: NetworkRequest): Promise<NetworkAnswer> {
    const answer = await ask(session, request);
    if ('refused' in answer) return { allowed: false, reason: answer.refused };
    const name = nameOf(request);
    if (answer.allowed === 'project') always.add(name);
    // The program itself works for all agents, so nothing is allowed it for one task.
    if (session === null || answer.allowed === 'once') allowForAMinute(session, name);
    else bySession.set(session, (bySession.get(session) ?? new Set()).add(name));
    return { allowed: true, local: isThisMachine(request.host) };
  }

  return {
    async decide(session, request) {
      const answer = known(session, request);
      if (answer !== null) return answer;
      const key = `${session} ${nameOf(request)}`;
      const pending = asking.get(key) ?? askPeople(session, request).finally(() => void asking.delete(key));
      asking.set(key, pending);
      return await pending;
    },
    onQuestion(next) {
      ask = next;
    },
    allowTools(url) {
      const destination = destinationOf(url);
      if (destination) tools.set(nameOf(destination), { ...destination, path: new URL(url).pathname });
    },
    allowOnce(destination) {
      allowForAMinute(null, nameOf(destination));
    },
    refuseLocalPort: (port) => void refusedPorts.add(port),
    ended: (session) => void bySession.delete(session),
    upstream: (destination) => upstreamFor(options.env, destination),
  };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && isLocalAddress(host));
}

export function destinationOf(url: string): Destination | null {
  if (!URL.canParse(url)) return null;
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  return { host, port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) };
}

/** The proxy of the person's own environment, where the destination is not excepted from it. */
function upstreamFor(env: NodeJS.ProcessEnv, destination: Destination): string | null {
  const { host, port } = destination;
  if (isThisMachine(host)) return null;
  const proxy = env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy;
  if (!proxy || !URL.canParse(proxy)) return null;
  const excepted = (env.NO_PROXY || env.no_proxy || '').toLowerCase().split(/[\s,]+/);
  const isExcepted = excepted.some((entry) => {
    const name = entry.replace(/^\*?\./, '');
    return (
      entry === '*' ||
      (name !== '' && [host, `${host}:${port}`].some((one) => one === name || one.endsWith(`.${name}`)))
    );
  });
  return isExcepted ? null : proxy;
}
