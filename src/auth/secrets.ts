import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new secret: 256 random bits, safe in a URL. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** When something expires that does not. */
export const never = '9999-12-31T23:59:59.999Z';

/** A new public name for something that is kept. */
export function newId(): string {
  return randomBytes(6).toString('hex');
}

/**
 * What is stored instead of a secret. The secrets are random and long, so one fast hash is enough, and
 * looking a hash up in an index tells a thief nothing about the secret by its timing.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether a secret is the one that has this hash, in the same time wherever they differ. */
export function isSecret(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(hash, 'hex'));
}
