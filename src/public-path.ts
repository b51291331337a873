import type { IncomingMessage, Server } from 'node:http';

/**
 * The path of the public address without a slash at its end, empty for none: "/team" of
 * `https://host/team/`.
 */
export function publicPath(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}

/**
 * Requests below the path of the public address are answered as those at the root: proxies differ in whether
 * they pass that path on.
 */
export function answerBelow(path: string, server: Server): void {
  if (path === '') return;
  const strip = (request: IncomingMessage) => {
    if (request.url?.startsWith(`${path}/`)) request.url = request.url.slice(path.length);
  };
  server.prependListener('request', strip);
  server.prependListener('upgrade', strip);
}
