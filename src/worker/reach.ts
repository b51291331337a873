import { request } from 'node:http';

/**
 * Does anything answer at this address within the time? Any HTTP answer counts. A proxy of the environment
 * is used.
 */
export async function isReachable(
  address: string,
  timeoutMs: number,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  const proxy = proxyFor(url, env);
  if (proxy) return await tunnels(proxy, url, timeoutMs);
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    await answer.body?.cancel();
    return true;
  } catch {
    // Refused, no such host, too late: all mean that it does not answer.
    return false;
  }
}

function proxyFor(url: URL, env: NodeJS.ProcessEnv): URL | null {
  const secure = url.protocol === 'https:';
  const proxy = secure ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy;
  if (!proxy || !URL.canParse(proxy)) return null;
  const direct = ['localhost', '127.0.0.1', '::1', ...(env.NO_PROXY || env.no_proxy || '').split(',')];
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isDirect = direct.some((entry) => {
    const name = entry.trim().replace(/^\*?\./, '');
    return name === '*' || (name !== '' && (host === name || host.endsWith(`.${name}`)));
  });
  return isDirect ? null : new URL(proxy);
}

function tunnels(proxy: URL, url: URL, timeoutMs: number): Promise<boolean> {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return new Promise((resolve) => {
    const asked = request({
      host: proxy.hostname,
      port: proxy.port || 80,
      method: 'CONNECT',
      path: `${url.hostname}:${port}`,
      signal: AbortSignal.timeout(timeoutMs),
    });
    asked.once('connect', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode === 200);
    });
    asked.once('response', () => resolve(false));
    asked.once('error', () => resolve(false));
    asked.end();
  });
}
