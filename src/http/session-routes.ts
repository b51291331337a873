import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ChatError, Member, PersonRemoval, PersonRole, Session } from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies, requireIdentity } from './fastify.ts';
import { PageQuery, pageEnd, pageOf } from './paging.ts';

const Message = z.object({ message: z.string() });
const Ended = Message.extend({ ended: z.number().int() });
const Sessions = z.object({ sessions: z.array(Session), ...pageEnd });

/** The devices that people are signed in on, people's roles, and their leave. */
export function sessionRoutes(app: App, { auth, team }: HttpDependencies): void {
  const { sessions } = auth;

  async function sessionsPage(request: FastifyRequest, query: z.output<typeof PageQuery>, userId: string) {
    const devices = await sessions.list(userId, requireIdentity(request).proof);
    const { page, next_cursor } = pageOf(devices, query, ({ id }) => id);
    return { sessions: page, next_cursor };
  }

  app.get(
    '/auth/sessions',
    {
      config: { needs: 'read' },
      schema: {
        description: 'The devices that you are signed in on, with their last use.',
        querystring: PageQuery,
        response: { 200: Sessions },
      },
    },
    (request) => sessionsPage(request, request.query, requireIdentity(request).user_id),
  );

  app.delete(
    '/auth/sessions/:id',
    {
      config: { needs: 'read' },
      schema: {
        description: 'Signs one of your devices out. Its connections close at once.',
        params: z.object({ id: z.string().max(100) }),
        response: { 200: Message },
      },
    },
    async (request) => {
      const { user_id } = requireIdentity(request);
      await sessions.end(user_id, request.params.id, actorOf(request), 'session_revoked');
      return { message: 'Signed out there' };
    },
  );

  app.delete(
    '/auth/sessions',
    {
      config: { needs: 'read' },
      schema: {
        description:
          'Signs all of your devices out but this one. Tokens signed before count no more, unless one asks.',
        response: { 200: Ended },
      },
    },
    async (request) => {
      const { user_id, proof } = requireIdentity(request);
      const ended = await sessions.endOthers(user_id, proof, actorOf(request));
      return { message: 'Signed out everywhere else', ended };
    },
  );

  const params = z.object({ name: z.string().max(100) });
  const person = (name: string) => {
    const member = team.find(name);
    if (member?.kind === 'person') return member;
    throw new ChatError('unknown_member', `No person is called "${name}".`);
  };

  app.get(
    '/members/:name/sessions',
    {
      config: { needs: 'manage_sessions' },
      schema: {
        description: 'The devices that somebody is signed in on.',
        params,
        querystring: PageQuery,
        response: { 200: Sessions },
      },
    },
    (request) => sessionsPage(request, request.query, person(request.params.name).name),
  );

  app.delete(
    '/members/:name/sessions',
    {
      config: { needs: 'manage_sessions' },
      schema: {
        description: 'Signs somebody out everywhere. Tokens signed before count no more.',
        params,
        response: { 200: Ended },
      },
    },
    async (request) => {
      const { name } = person(request.params.name);
      const ended = await sessions.endAll(name, actorOf(request));
      return { message: `Signed ${name} out everywhere`, ended };
    },
  );

  app.put(
    '/members/:name/role',
    {
      config: { needs: 'manage_roles' },
      schema: {
        description: 'Gives a person another role, which counts at once. The last admin stays one.',
        params,
        body: z.object({ role: PersonRole }),
        response: { 200: z.object({ member: Member }) },
      },
    },
    async (request) => ({
      member: await auth.people.setRole(request.params.name, request.body.role, actorOf(request)),
    }),
  );

  app.delete(
    '/members/:name',
    {
      config: { needs: 'manage_roles' },
      schema: {
        description:
          'Takes a person off the team: all that signs them in ends at once, also the API keys that they ' +
          'made. What they said stays. The last admin stays.',
        params,
        response: { 200: Message.extend({ keys: PersonRemoval.shape.keys }) },
      },
    },
    async (request) => {
      const { name, keys } = await auth.people.remove(request.params.name, actorOf(request));
      return { message: `Removed ${name}`, keys };
    },
  );
}
