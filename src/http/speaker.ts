import type { FastifyRequest } from 'fastify';
import { ChatError, parseUserId } from '../protocol/index.ts';
import { requireIdentity } from './fastify.ts';

/** Older clients say this where they name nobody. */
const nobody = 'system';

/**
 * In whose name a request acts that may name somebody, in the field `field`. In development mode a name is
 * believed, as older clients expect; otherwise only one's own is accepted. Errors: forbidden.
 */
export function speakerOf(request: FastifyRequest, field: string, named: string | undefined): string {
  const { user_id, proof } = requireIdentity(request);
  if (named === undefined) return user_id;
  if (proof.kind === 'development') return (named === nobody ? undefined : parseUserId(named)) ?? user_id;
  if (named.trim().toLowerCase() === user_id.toLowerCase()) return user_id;
  throw new ChatError('forbidden', `"${field}": you act as ${user_id} here. Leave the field out.`);
}
