import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { ChatError, limits, type Role, roles, UserId } from '../protocol/index.ts';

/** Tokens that whoever has the server's key can sign, without the server: JWT, HS256. */

const algorithm = 'HS256';
const tokenParty = 'opencode-slack';

/** Shorter keys can be guessed (RFC 7518, 3.2). */
export const secretKeyBytesMin = 32;

export interface TokenClaims {
  /** Its name, by which it can be revoked; those that others sign may have none. */
  readonly id: string | null;
  readonly user_id: string;
  readonly role: Role;
  /** Of an agent's own token: the task that it is for, and ends with. */
  readonly task_id?: string | null;
}

const Claims = z.object({
  sub: UserId,
  user_id: UserId.optional(),
  role: z.enum(roles).default('viewer'),
  task_id: z.string().max(100).nullable().default(null),
  jti: z.string().nullable().default(null),
  iat: z.number(),
  exp: z.number(),
});

/** A token for somebody, for a time. */
export async function signToken(
  secretKey: string,
  { id, user_id, role, task_id = null }: TokenClaims,
  lifetimeMs: number,
  clock: Clock,
): Promise<string> {
  const optional = { ...(id === null ? {} : { jti: id }), ...(task_id === null ? {} : { task_id }) };
  return await new SignJWT({ user_id, role, ...optional })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .setSubject(user_id)
    .setIssuer(tokenParty)
    .setAudience(tokenParty)
    .setIssuedAt(inSeconds(clock.now()))
    .setExpirationTime(inSeconds(clock.now() + lifetimeMs))
    .sign(Buffer.from(secretKey));
}

/**
 * What a token says, if it is one that was signed with this key, for this server, and is valid now. Only
 * then is more told of what is wrong with it. Errors: auth_failed.
 */
export async function verifyToken(
  secretKey: string,
  token: string,
  clock: Clock,
): Promise<Required<TokenClaims> & { readonly signed_at: string; readonly expires_at: string }> {
  try {
    const { payload } = await jwtVerify(token, Buffer.from(secretKey), {
      algorithms: [algorithm],
      issuer: tokenParty,
      audience: tokenParty,
      clockTolerance: inSeconds(limits.clockSkewMs),
      maxTokenAge: inSeconds(limits.tokenAgeMaxMs),
      currentDate: momentFor(token, clock),
      requiredClaims: ['sub', 'iat', 'exp'],
    });
    const { sub, user_id, role, task_id, jti, iat, exp } = Claims.parse(payload);
    if (user_id !== undefined && user_id !== sub) throw new ChatError('auth_failed', wrongClaims);
    return { id: jti, user_id: sub, role, task_id, signed_at: toTime(iat), expires_at: toTime(exp) };
  } catch (error) {
    throw refusal(error);
  }
}

/** A token of this server is not signed in the future because the clock was set back since. */
function momentFor(token: string, clock: Clock): Date {
  const { iat = 0 } = decodeJwt(token);
  const now = clock.now();
  return new Date(iat * 1_000 > now ? Math.max(now, clock.steady()) : now);
}

const wrongClaims =
  'This token does not say what it must: sub and user_id the same name, a role, iat and exp. ' +
  'Make one: opencode-slack token create';

function refusal(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof errors.JWTExpired) {
    return new ChatError(
      'auth_failed',
      'This token has expired, or is older than tokens may be. Make a new one: opencode-slack token create',
    );
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iat') {
    return new ChatError(
      'auth_failed',
      "This token was signed later than it is now by this server's clock. Set the clock that is wrong, or " +
        'make a new token: opencode-slack token create',
    );
  }
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof z.ZodError) {
    return new ChatError('auth_failed', wrongClaims);
  }
  return new ChatError(
    'auth_failed',
    'This token was not signed by this server. Make one: opencode-slack token create',
  );
}

function inSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
