import { z } from 'zod';
import { ChatError, limits, nameRule, PersonRole, parseUserId } from '../protocol/index.ts';
import { cookieToken, deviceName, pageSecretOf } from './credentials.ts';
import { type App, actorOf, type HttpDependencies, requireIdentity, setSessionCookie } from './fastify.ts';

const Link = z.object({
  link: z.string(),
  telegram_link: z
    .string()
    .nullable()
    .describe('The same for a Telegram account; null: the chat is not there'),
  expires_at: z.string(),
});

const Me = z.object({ user_id: z.string(), role: z.string(), development_mode: z.boolean() });
const Entry = Me.extend({
  page_secret: z
    .string()
    .describe('Keep it where only your origin reads it; every request with the cookie needs it'),
});

/** Signing a browser in and out, and making links that do. */
export function authRoutes(app: App, dependencies: HttpDependencies): void {
  const { auth, signInGuard, developmentMode, publicUrl, cookieName, team, communication } = dependencies;
  const { signIn, sessions } = auth;

  app.post(
    '/auth/exchange',
    {
      config: { needs: null },
      schema: {
        description:
          "Trades a sign-in link's one-time code for a session. It needs two secrets: one is kept in an " +
          'HttpOnly cookie, the other is `page_secret`, to be sent as header `X-Page-Secret`. The session ' +
          'that the browser had ends.',
        body: z.object({ code: z.string().min(1).max(200) }),
        response: { 200: Entry },
      },
    },
    async (request, reply) => {
      const device = deviceName(request.headers['user-agent']);
      const { peer } = request;
      const token = cookieToken(request.raw, cookieName());
      const former = token === undefined ? undefined : { token, pageSecret: pageSecretOf(request.raw) };
      const { code } = request.body;
      const { identity, session_token, page_secret } = await signInGuard.attempt(
        { peer, method: 'link', secret: code },
        () => signIn.redeemInBrowser(code, { from: peer, device, former }),
      );
      setSessionCookie(reply, dependencies, session_token);
      const { user_id, role } = identity;
      return { user_id, role, development_mode: developmentMode, page_secret };
    },
  );

  app.get(
    '/auth/me',
    { config: { needs: 'read' }, schema: { description: 'Who is signed in.', response: { 200: Me } } },
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
        description: 'Ends the session that asks. Its connections close at once.',
        response: { 200: z.object({ message: z.string() }) },
      },
    },
    async (request, reply) => {
      const { identity } = request;
      if (identity?.proof.kind === 'session') {
        await sessions.end(identity.user_id, identity.proof.id, actorOf(request), 'sign_out');
      }
      if (cookieToken(request.raw, cookieName()) !== undefined)
        reply.clearCookie(cookieName(), { path: '/' });
      return { message: 'Signed out' };
    },
  );

  app.post(
    '/auth/links',
    {
      config: { needs: 'invite' },
      schema: {
        description:
          'Makes a one-time sign-in link, for oneself or for anybody. `role` is for newcomers: who is in ' +
          'the team already keeps the role that it has.',
        body: z.object({
          user_id: z.string().max(limits.userIdCharsMax).optional(),
          role: PersonRole.optional(),
        }),
        response: { 200: Link },
      },
    },
    async (request) => {
      const asked = request.body.user_id ?? requireIdentity(request).user_id;
      const userId = parseUserId(asked);
      if (userId === undefined) throw new ChatError('bad_frame', `"user_id": ${nameRule}`);
      team.refusePerson(userId);
      const known = team.find(userId);
      const role = request.body.role ?? known?.role ?? 'developer';
      if (known !== undefined && known.role !== role) {
        throw new ChatError(
          'bad_frame',
          `${known.name} is here already, as ${known.role}. A link changes no role; ` +
            `PUT /members/${known.name}/role does.`,
        );
      }
      return linkOf(await signIn.createLinkCode(known?.name ?? userId, role, actorOf(request)));
    },
  );

  app.post(
    '/auth/links/own',
    {
      config: { needs: 'read' },
      schema: {
        description:
          'Makes a one-time sign-in link for oneself, to sign in on another device. Only from a session, ' +
          'so that no key or token outlives itself.',
        response: { 200: Link },
      },
    },
    async (request) => {
      const { user_id, role, proof } = requireIdentity(request);
      if (proof.kind !== 'session') {
        throw new ChatError(
          'forbidden',
          'Only a browser that is signed in makes a link for its own person. Use My devices on the page.',
        );
      }
      return linkOf(await signIn.createLinkCode(user_id, role, actorOf(request)));
    },
  );

  function linkOf({ code, expires_at }: { code: string; expires_at: string }): z.infer<typeof Link> {
    const bot = communication.type() === 'telegram' ? communication.telegram()?.bot : undefined;
    return {
      link: `${publicUrl()}/#code=${code}`,
      telegram_link: bot ? `https://t.me/${bot}?start=${code}` : null,
      expires_at,
    };
  }
}
