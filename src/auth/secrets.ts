import { createHash, randomBytes } from 'node:crypto';

/** A new secret: 256 random bits, safe in a URL. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is stored instead of a secret. The secrets are random and long, so one fast hash is enough, and
 * looking a hash up in an index tells a thief nothing about the secret by its timing.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
