import { request } from 'node:http';

/**
 * Looks whether anything answers at this address within the time, by the proxy that a program with this
 * environment would use. Null: it answers, whatever it says. Else why it does not, for a sentence, such as
 * "connection refused".
 */
export async function whyUnreachable(
  address: string,
  timeoutMs: number,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  if (!URL.canParse(address)) return 'the address is not valid';
  const url = new URL(address);
  const proxy = proxyFor(url, env);
  try {
    if (proxy === null) return await ask(url, timeoutMs);
    return url.protocol === 'https:'
      ? await tunnel(proxy, url, timeoutMs)
      : await askThrough(proxy, url, timeoutMs);
  } catch (error) {
    const reason = reasonOf(error, timeoutMs);
    return proxy === null ? reason : `the proxy ${proxy.host} does not answer: ${reason}`;
  }
}

/** Those of the variables that the runtime of opencode reads, with what it excepts. */
function proxyFor(url: URL, env: NodeJS.ProcessEnv): URL | null {
  const secure = url.protocol === 'https:';
  const set = secure ? env.https_proxy || env.HTTPS_PROXY : env.http_proxy || env.HTTP_PROXY;
  if (!set) return null;
  const proxy = set.includes('://') ? set : `http://${set}`;
  if (!URL.canParse(proxy)) return null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isDirect = (env.no_proxy || env.NO_PROXY || '').split(',').some((entry) => {
    const name = entry
      .trim()
      .replace(/^\*?\./, '')
      .replace(/^\[|\](?::\d+)?$/g, '');
    return name === '*' || (name !== '' && (host === name || host.endsWith(`.${name}`)));
  });
  return isDirect ? null : new URL(proxy);
}

async function ask(url: URL, timeoutMs: number): Promise<null> {
  const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
  await answer.body?.cancel();
  return null;
}

/** What a proxy answers itself when it cannot reach a server, or does not want to. */
const refusals: ReadonlySet<number> = new Set([403, 407, 502, 503, 504]);

/** Plain HTTP goes through a proxy as a request for the whole address. */
function askThrough(proxy: URL, url: URL, timeoutMs: number): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const asked = request({
    ...proxyAddress(proxy),
    path: url.href,
    headers: { host: url.host, ...proxyAuthorization(proxy) },
    signal: AbortSignal.timeout(timeoutMs),
  });
  asked.once('response', (response) => {
    response.destroy();
    const status = response.statusCode ?? 0;
    resolve(refusals.has(status) ? `the proxy ${proxy.host} answers ${status}` : null);
  });
  asked.once('error', reject);
  asked.end();
  return promise;
}

function tunnel(proxy: URL, url: URL, timeoutMs: number): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const asked = request({
    ...proxyAddress(proxy),
    method: 'CONNECT',
    path: `${url.hostname}:${url.port || '443'}`,
    headers: proxyAuthorization(proxy),
    signal: AbortSignal.timeout(timeoutMs),
  });
  asked.once('connect', (response, socket) => {
    socket.destroy();
    const status = response.statusCode ?? 0;
    resolve(status === 200 ? null : `the proxy ${proxy.host} answers ${status}`);
  });
  asked.once('response', (response) => {
    response.destroy();
    resolve(`the proxy ${proxy.host} answers ${response.statusCode}`);
  });
  asked.once('error', reject);
  asked.end();
  return promise;
}

function proxyAddress(proxy: URL): { host: string; port: string | number } {
  return { host: proxy.hostname.replace(/^\[|\]$/g, ''), port: proxy.port || 80 };
}

function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name cannot be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the connection was reset',
};

function reasonOf(error: unknown, timeoutMs: number): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError' || cause.name === 'AbortError')
    return `no answer within ${timeoutMs / 1_000} s`;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return reasons[code] ?? (cause.message || code);
}
