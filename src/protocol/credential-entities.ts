import { z } from 'zod';

/** What members are signed in by, without the secrets. */

const time = z.string().describe('ISO 8601, UTC, ends in Z');

/** A device that somebody is signed in on. */
export const Session = z.object({
  id: z.string(),
  device: z.string(),
  address: z.string().nullable().describe('Where it was used from last'),
  created_at: time,
  last_used_at: time.describe('To a few minutes'),
  expires_at: time.describe('It ends then, however much it is used'),
  current: z.boolean().describe('The one that asks'),
});
export type Session = z.infer<typeof Session>;

/** A token that was made here, or revoked by its id, without its text. */
export const SignedToken = z.object({
  id: z.string().describe('Its `jti`'),
  user_id: z.string().nullable().describe('Whom it signs in; null: not made here, only revoked'),
  role: z.string().nullable(),
  created_at: time,
  expires_at: time,
  made_by: z.string().nullable().describe("null: at the server's own machine"),
  revoked_at: time.nullable(),
});
export type SignedToken = z.infer<typeof SignedToken>;

/** An API key, without its secret. */
export const ApiKey = z.object({
  id: z.string(),
  name: z.string().describe('Its name in the chat'),
  role: z.string(),
  created_at: time,
  expires_at: time.nullable().describe('null: never'),
  last_used_at: time.nullable().describe('To a few minutes'),
  made_by: z.string().nullable().describe("The admin who made it; null: at the server's own machine"),
});
export type ApiKey = z.infer<typeof ApiKey>;
