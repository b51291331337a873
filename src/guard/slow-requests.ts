import type { Duplex } from 'node:stream';
import type { Act } from './audit.ts';

/** Whether a client was thrown out because its request took too long to come. */
export function isTooSlow(error: Error & { readonly code?: string }): boolean {
  return error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
}

/** What the audit log is told of it. Who it was stood in no head that had come. */
export function tooSlow(socket: Duplex & { readonly remoteAddress?: string | undefined }): Act {
  const by = { actor: null, address: socket.remoteAddress ?? null, device: null };
  return { action: 'malformed_request', by, detail: 'a request that came too slowly' };
}
