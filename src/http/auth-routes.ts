import { z } from 'zod';
import { ChatError, limits, parseUserId } from '../protocol/index.ts';
import { type App, type HttpDependencies, requireIdentity } from './fastify.ts';
import { cookieToken, sessionCookie } from './web-safety.ts';

const Me = z.object({ user_id: z.string(), role: z.string(), development_mode: z.boolean() });
const sessionCookieDays = 30;

/** Signing a browser in and out, and making links that do. */
export function authRoutes(app: App, { signIn, developmentMode, publicUrl, team }: HttpDependencies): void {
  app.post(
    '/auth/exchange',
    {
      config: { needs: null },
      schema: {
        description: "Trades a sign-in link's one-time code for a session, kept in an HttpOnly cookie.",
        body: z.object({ code: z.string().min(1).max(200) }),
        response: { 200: Me },
      },
    },
    async (request, reply) => {
      const device = (request.headers['user-agent'] ?? '').slice(0, 100);
      const { identity, session_token } = await signIn.redeemLinkCode(request.body.code, device);
      reply.setCookie(sessionCookie, session_token, {
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
        path: '/',
        maxAge: sessionCookieDays * 24 * 60 * 60,
      });
      return { user_id: identity.user_id, role: identity.role, development_mode: developmentMode };
    },
  );

  app.get(
    '/auth/me',
    {
      config: { needs: 'read' },
      schema: { description: 'Who is signed in.', response: { 200: Me } },
    },
    async (request) => {
      const { user_id, role } = requireIdentity(request);
      return { user_id, role, development_mode: developmentMode };
    },
  );

  app.post(
    '/auth/logout',
    {
      config: { needs: null },
      schema: {
        description: 'Ends the session of the cookie.',
        response: { 200: z.object({ message: z.string() }) },
      },
    },
    async (request, reply) => {
      const token = cookieToken(request.raw);
      if (token !== undefined) await signIn.endSession(token);
      reply.clearCookie(sessionCookie, { path: '/' });
      return { message: 'Signed out' };
    },
  );

  app.post(
    '/auth/links',
    {
      config: { needs: 'invite' },
      schema: {
        description: 'Makes a one-time sign-in link, for oneself or, as an admin, for anybody.',
        body: z.object({
          user_id: z.string().max(limits.userIdCharsMax).optional(),
          role: z.enum(['admin', 'developer', 'analyst', 'viewer']).optional(),
        }),
        response: { 200: z.object({ link: z.string(), expires_at: z.string() }) },
      },
    },
    async (request) => {
      const self = requireIdentity(request);
      const userId = parseUserId(request.body.user_id ?? self.user_id);
      if (userId === undefined) throw new ChatError('bad_frame', '"user_id": that cannot be a name.');
      if (team.find(userId)?.kind === 'agent') throw new ChatError('name_taken', `${userId} is an agent.`);
      const role = request.body.role ?? (userId === self.user_id ? self.role : 'developer');
      const { code, expires_at } = await signIn.createLinkCode(userId, role);
      return { link: `${publicUrl()}/#code=${code}`, expires_at };
    },
  );
}
