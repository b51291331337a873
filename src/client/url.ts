/**
 * The WebSocket address of a server: `ws:` and `wss:` stay as they are; `http:` and `https:` become the path
 * `/ws` of the same host. Throws a TypeError when it is no such address.
 */
export function toWebSocketUrl(address: string): string {
  const url = new URL(address);
  if (url.protocol === 'http:' || url.protocol === 'https:') {
    url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
    url.pathname = `${url.pathname.replace(/\/$/, '')}/ws`;
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new TypeError(`Not a server address: "${address}". It starts with ws:, wss:, http: or https:.`);
  }
  url.hash = '';
  return url.href;
}
