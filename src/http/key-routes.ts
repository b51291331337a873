import { z } from 'zod';
import { ApiKey, limits, roles, SignedToken } from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies } from './fastify.ts';
import { PageQuery, pageEnd, pageOf } from './paging.ts';

/** API keys and signed tokens, for admins. */
export function keyRoutes(app: App, { auth }: HttpDependencies): void {
  app.get(
    '/keys',
    {
      config: { needs: 'manage_keys' },
      schema: {
        description: 'All API keys that were not revoked, without their secrets.',
        querystring: PageQuery,
        response: { 200: z.object({ keys: z.array(ApiKey), ...pageEnd }) },
      },
    },
    async (request) => {
      const { page, next_cursor } = pageOf(await auth.keys.list(), request.query, ({ id }) => id);
      return { keys: page, next_cursor };
    },
  );

  app.post(
    '/keys',
    {
      config: { needs: 'manage_keys' },
      schema: {
        description:
          'Makes an API key. Its text is in this answer only. It acts in the chat by its own name; with ' +
          'the role system it lets a worker in.',
        body: z.object({
          name: z.string().min(1).max(limits.userIdCharsMax),
          role: z.enum(roles).default('developer'),
          expires_at: z.iso.datetime().nullable().default(null),
        }),
        response: { 200: z.object({ key: z.string(), made: ApiKey }) },
      },
    },
    (request) => auth.keys.create(request.body, actorOf(request)),
  );

  app.delete(
    '/keys/:id',
    {
      config: { needs: 'manage_keys' },
      schema: {
        description: 'Revokes an API key. Its connections close at once.',
        params: z.object({ id: z.string().max(100) }),
        response: { 200: z.object({ message: z.string() }) },
      },
    },
    async (request) => {
      const { name } = await auth.keys.revoke(request.params.id, actorOf(request));
      return { message: `Revoked the key ${name}` };
    },
  );

  app.get(
    '/tokens',
    {
      config: { needs: 'manage_keys' },
      schema: {
        description: 'The tokens that were made here or revoked, until they expire, without their text.',
        querystring: PageQuery,
        response: { 200: z.object({ tokens: z.array(SignedToken), ...pageEnd }) },
      },
    },
    async (request) => {
      const { page, next_cursor } = pageOf(await auth.tokens.list(), request.query, ({ id }) => id);
      return { tokens: page, next_cursor };
    },
  );

  app.post(
    '/tokens',
    {
      config: { needs: 'manage_keys' },
      schema: {
        description: 'Signs a token (JWT) that signs somebody in. Its text is in this answer only.',
        body: z.object({
          user_id: z.string().min(1).max(limits.userIdCharsMax),
          role: z.enum(roles).default('developer'),
          lifetime_ms: z.number().int().min(1_000).max(limits.tokenAgeMaxMs),
        }),
        response: { 200: z.object({ token: z.string(), made: SignedToken }) },
      },
    },
    (request) => auth.tokens.create(request.body, actorOf(request)),
  );

  app.delete(
    '/tokens/:id',
    {
      config: { needs: 'manage_keys' },
      schema: {
        description:
          'Revokes a token by its id (`jti`). Its connections close at once. One that another system ' +
          'signed with the same key is refused too if `made_elsewhere` says so.',
        params: z.object({ id: z.string().min(1).max(limits.tokenIdCharsMax) }),
        querystring: z.object({ made_elsewhere: z.stringbool().default(false) }),
        response: { 200: z.object({ message: z.string() }) },
      },
    },
    async (request) => {
      const { id, user_id } = await auth.tokens.revoke(
        { ...request.params, ...request.query },
        actorOf(request),
      );
      return { message: user_id === null ? `The token ${id} is refused` : `Revoked a token of ${user_id}` };
    },
  );
}
