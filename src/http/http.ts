import type { IncomingMessage } from 'node:http';
import fastifyCookie from '@fastify/cookie';
import fastifySwagger from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { Identity } from '../auth/identity.ts';
import type { SignedIn } from '../auth/sign-in.ts';
import { isTooSlow, tooSlow } from '../guard/slow-requests.ts';
import { ChatError, endsSignIn, isMalformed } from '../protocol/index.ts';
import { approvalRoutes } from './approval-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { authRoutes } from './auth-routes.ts';
import { batchRoutes } from './batch-routes.ts';
import { readBodies } from './bodies.ts';
import { createBusy } from './busy.ts';
import { changeRoutes } from './change-routes.ts';
import { chatRoutes } from './chat-routes.ts';
import { communicationRoutes } from './communication-routes.ts';
import { confinementRoutes } from './confinement-routes.ts';
import { bearerOf, cookieToken, pageSecretOf } from './credentials.ts';
import { docsPolicy } from './docs-policy.ts';
import { type App, actorOf, createFastify, guardRoutes, type HttpDependencies } from './fastify.ts';
import { fileRoutes } from './file-routes.ts';
import { helpRoutes } from './help-routes.ts';
import { createKeepCookie, type KeepCookie } from './keep-cookie.ts';
import { keyRoutes } from './key-routes.ts';
import { knowledgeRoutes } from './knowledge-routes.ts';
import { refuseUnknownNames } from './known-names.ts';
import { mcpRoutes } from './mcp-routes.ts';
import { monitoringRoutes } from './monitoring-routes.ts';
import { olderRoutes } from './older-routes.ts';
import { productionRoutes } from './production-routes.ts';
import { countRequests } from './request-counts.ts';
import { sessionRoutes } from './session-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { supplyRoutes } from './supply-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { taskLifeRoutes } from './task-life-routes.ts';
import { taskRoutes } from './task-routes.ts';
import { teamRoutes } from './team-routes.ts';
import { webApp } from './web-app.ts';
import { securityHeaders } from './web-safety.ts';

/** The REST interface, its OpenAPI description (`/openapi.json`, `/docs`) and the web application. */
export async function createHttp(dependencies: HttpDependencies): Promise<App> {
  const { log, refuseOrigin, corsHeaders, serverVersion, peerOf, rates, audit } = dependencies;
  const noteMalformed = (request: IncomingMessage, detail: string) => {
    const { address, device } = peerOf(request);
    audit.refused({ action: 'malformed_request', by: { actor: null, address, device }, detail });
  };
  const app = createFastify(log, noteMalformed);
  app.server.on('clientError', (error, socket) => {
    if (isTooSlow(error)) audit.refused(tooSlow(socket));
  });
  readBodies(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('identity', null);
  app.decorateRequest('refusal', null);
  app.decorateRequest('peer');
  await app.register(fastifyCookie);
  await app.register(fastifySwagger, {
    openapi: {
      info: { title: 'opencode-slack', version: serverVersion },
      // So that `/docs` asks for one: it sends no page secret.
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: describeRoute,
  });

  const keepCookie = createKeepCookie(dependencies);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders).headers(corsHeaders(request.raw));
    const refusal = refuseOrigin(request.raw);
    if (refusal !== undefined) throw new ChatError('bad_origin', refusal);
    // A preflight: the headers above are the answer.
    if (request.method === 'OPTIONS') return reply.status(204).send();
    request.peer = peerOf(request.raw);
    await rates.spendRequest(request.peer);
    await identify(request, reply, dependencies, keepCookie);
    const { identity, method, routeOptions } = request;
    if (identity === null) return;
    await rates.spend(identity, 'request');
    if (method !== 'GET') await rates.spend(identity, 'message');
    else if (routeOptions.config.needs !== undefined) await rates.spend(identity, 'read');
  });
  guardRoutes(app);
  refuseUnknownNames(app);
  const requestCounts = countRequests(app);

  app.setErrorHandler((error: FastifyError | ChatError, request, reply) => {
    const known = toChatError(error);
    if (known === undefined) log.error({ err: error, url: request.routeOptions.url }, 'a request failed');
    const { status, message, code, retryAfterSeconds } = known ?? new ChatError('internal');
    if (code === 'forbidden') {
      const detail = `${request.method} ${request.routeOptions.url}`;
      audit.refused({ action: 'not_allowed', by: actorOf(request), detail });
    }
    if (known !== undefined && isMalformed(known)) {
      const detail = `${request.method} ${request.routeOptions.url ?? 'nothing there'}: ${code}`;
      audit.refused({ action: 'malformed_request', by: actorOf(request), detail });
    }
    if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
    return reply.status(status).send({ error: message, code, retry_after: retryAfterSeconds });
  });
  app.setNotFoundHandler((request, reply) => {
    if (leadsOut.test(request.url)) noteMalformed(request.raw, 'a path that leads out of the page');
    return reply
      .status(404)
      .send({ error: `There is no ${request.method} ${request.url.split('?')[0]}.`, code: 'not_found' });
  });

  authRoutes(app, dependencies);
  auditRoutes(app, dependencies);
  sessionRoutes(app, dependencies);
  keyRoutes(app, dependencies);
  const busy = createBusy(dependencies, requestCounts);
  statusRoutes(app, dependencies, requestCounts, busy);
  systemRoutes(app, dependencies, requestCounts, busy);
  teamRoutes(app, dependencies);
  taskRoutes(app, dependencies);
  taskLifeRoutes(app, dependencies);
  batchRoutes(app, dependencies);
  fileRoutes(app, dependencies);
  changeRoutes(app, dependencies);
  approvalRoutes(app, dependencies);
  helpRoutes(app, dependencies);
  supplyRoutes(app, dependencies);
  confinementRoutes(app, dependencies);
  monitoringRoutes(app, dependencies);
  productionRoutes(app, dependencies);
  chatRoutes(app, dependencies);
  mcpRoutes(app, dependencies);
  knowledgeRoutes(app, dependencies);
  communicationRoutes(app, dependencies);
  olderRoutes(app, dependencies);
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  app.addHook('onSend', async (request, reply, payload) => {
    if (/^\/docs\/?(\?|$)/.test(request.url)) reply.header('content-security-policy', docsPolicy(payload));
  });
  await app.register(scalar, {
    routePrefix: '/docs',
    // Nothing from elsewhere, and nothing to elsewhere.
    configuration: {
      url: '/openapi.json',
      telemetry: false,
      withDefaultFonts: false,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
  await webApp(app, dependencies.webFolder, dependencies.publicPath);
  return app;
}

/** Paths that try to leave the folder they are in, however they are written. */
const leadsOut = /\.\.|%2e|%2f|%5c|%00|\\/i;

/** A route's description, with what whoever asks must be allowed to do. */
const describeRoute: typeof jsonSchemaTransform = (input) => {
  const described = jsonSchemaTransform(input);
  const needs = input.route.config?.needs ?? undefined;
  return needs === undefined
    ? described
    : { ...described, schema: { ...described.schema, 'x-needs': needs } };
};

/**
 * Finds out who a request is from: its Authorization header, else its cookie with the page secret, else, in
 * development mode, whoever it is.
 */
async function identify(
  request: FastifyRequest,
  reply: FastifyReply,
  dependencies: HttpDependencies,
  keepCookie: KeepCookie,
): Promise<void> {
  const { auth, signInGuard, developmentMode } = dependencies;
  const { peer } = request;
  const bearer = bearerOf(request.raw);
  const secret = bearer ?? cookieOf(request, reply, dependencies);
  if (secret !== undefined) {
    const method = bearer === undefined ? 'session' : 'bearer';
    try {
      const entered = await signInGuard.attempt({ peer, method, secret }, async (): Promise<SignedIn> => {
        if (bearer !== undefined) return { identity: await auth.signIn.identify(bearer, peer) };
        return auth.signIn.identifyBrowser({ token: secret, pageSecret: pageSecretOf(request.raw) }, peer);
      });
      request.identity = entered.identity;
      if (bearer === undefined) keepCookie(reply, entered, secret);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      // A browser with a wrong cookie is as good as one without, but is told why its session ended.
      const isTold = endsSignIn(error.code) && error.code !== 'auth_failed';
      if (bearer !== undefined || isTold || error.code === 'rate_limited') request.refusal = error;
    }
  }
  if (developmentMode && peer.local && bearer === undefined) request.identity ??= developer;
}

/**
 * The session token of a browser. A cookie of an earlier version goes, as it may be another server's; its
 * browser is told once why that session ended.
 */
function cookieOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { cookieName, formerCookieName }: HttpDependencies,
): string | undefined {
  const token = cookieToken(request.raw, cookieName());
  if (token !== undefined) return token;
  const former = cookieToken(request.raw, formerCookieName());
  if (former !== undefined) reply.clearCookie(formerCookieName(), { path: '/' });
  return former;
}

/** Who a request without credentials is from in development mode. */
const developer: Identity = {
  user_id: 'dev_user',
  role: 'developer',
  kind: 'person',
  proof: { kind: 'development' },
};

function toChatError(error: FastifyError | ChatError): ChatError | undefined {
  if (error instanceof ChatError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const field = first?.instancePath.slice(1).replaceAll('/', '.') || 'the body';
    return new ChatError('bad_frame', `"${field}": ${first?.message ?? 'wrong shape'}.`);
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ChatError('too_large');
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new ChatError('not_json');
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new ChatError('bad_frame', error.message);
  return undefined;
}
