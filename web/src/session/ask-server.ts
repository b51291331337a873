import { serverUrl } from '../lib/server-url.ts';
import { pageSecret } from './page-secret.ts';

/**
 * Asks by REST as whoever this browser is signed in as. `path` begins without a slash. Rejects when no server
 * answers.
 */
export function askServer(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Response> {
  const secret = pageSecret();
  return fetch(serverUrl(path), {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: {
      ...(secret === undefined ? {} : { 'x-page-secret': secret }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
