import type { IncomingMessage } from 'node:http';
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Auth } from '../auth/auth.ts';
import type { Identity } from '../auth/identity.ts';
import { demand } from '../auth/policy.ts';
import type { Conversations } from '../chat/conversations.ts';
import type { Messages } from '../chat/messages.ts';
import type { Search } from '../chat/search.ts';
import type { FileChanges } from '../files/changes.ts';
import type { Locks } from '../files/locks.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Audit } from '../guard/audit.ts';
import type { Peer } from '../guard/peer.ts';
import type { Rates } from '../guard/rates.ts';
import type { SignInGuard } from '../guard/sign-in-guard.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Mcp } from '../mcp/mcp.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { Samples } from '../monitoring/samples.ts';
import { type Action, ChatError, limits } from '../protocol/index.ts';
import type { Actor, Store } from '../store/store.ts';
import type { Approvals } from '../tasks/approvals.ts';
import type { ConfinementDesk } from '../tasks/confinement-desk.ts';
import type { Help } from '../tasks/help.ts';
import type { Progress } from '../tasks/progress.ts';
import type { SupplyDesk } from '../tasks/supply-desk.ts';
import type { TaskLife } from '../tasks/task-life.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { Workers } from '../tasks/workers.ts';
import type { Knowledge } from '../team/knowledge.ts';
import type { Team } from '../team/team.ts';
import type { Communication } from '../transports/communication.ts';
import type { Examination } from './examination.ts';
import { securityHeaders, type WebSafety } from './web-safety.ts';

/** What the routes stand on. */
export interface HttpDependencies {
  readonly store: Store;
  readonly team: Team;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly search: Search;
  readonly tasks: Tasks;
  readonly taskLife: TaskLife;
  readonly progress: Progress;
  readonly workers: Workers;
  readonly supplyDesk: SupplyDesk;
  readonly confinementDesk: ConfinementDesk;
  readonly locks: Locks;
  readonly fileChanges: FileChanges;
  readonly approvals: Approvals;
  readonly help: Help;
  readonly monitoring: Monitoring;
  readonly auth: Auth;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a web page may ask, or ask under this name of the server; says why not, and notes it. */
  readonly refuseOrigin: (request: IncomingMessage) => string | undefined;
  readonly corsHeaders: WebSafety['corsHeaders'];
  readonly signInGuard: SignInGuard;
  readonly rates: Rates;
  readonly audit: Audit;
  readonly knowledge: Knowledge;
  readonly mcp: Mcp;
  readonly backups: { make(): Promise<BackupMade> };
  /** Tries every part of the server. */
  readonly examine: () => Promise<Examination>;
  readonly samples: Samples;
  /** Where a request comes from. */
  readonly peerOf: (request: IncomingMessage) => Peer;
  readonly developmentMode: boolean;
  readonly serverVersion: string;
  /** How people are reached. */
  readonly communication: Pick<Communication, 'type' | 'telegram' | 'setOpen' | 'switchTo'>;
  /** The built web application's folder; undefined leaves it out. */
  readonly webFolder: string | undefined;
  /** The path of the public address, empty for none. */
  readonly publicPath: string;
  readonly gateway: Pick<Gateway, 'present' | 'isOpen' | 'setOpen' | 'announceStatus'>;
  readonly projectRoot: string;
  readonly webSocketUrl: () => string;
  /** The address people reach this server by. */
  readonly publicUrl: () => string;
  /** The name of the cookie that browsers keep their session in. */
  readonly cookieName: () => string;
  /** What earlier versions called it. */
  readonly formerCookieName: () => string;
}

export interface BackupMade {
  readonly file: string;
  readonly bytes: number;
  readonly messages: number;
  /** Of the newest event in it. */
  readonly position: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What whoever asks must be allowed to do; null: anybody may ask. A route of ours without it does not
     * start.
     */
    needs?: Action | null;
    /** In development mode whoever is believed may do it: older clients name no role. */
    anyRoleInDevelopment?: true;
    /** Agents may ask with their own credential. */
    forAgents?: boolean;
    /** The route reads its query and body itself, so that no schema says which names they may have. */
    readsItself?: true;
  }
  interface FastifyRequest {
    /** Who asks; null: nobody has signed in. */
    identity: Identity | null;
    /** Why what came with it lets nobody in. */
    refusal: ChatError | null;
    /** Where it comes from. */
    peer: Peer;
  }
}

/** How long a client may take, so that one that sends a byte now and then holds no connection. */
export const connectionTimeouts = {
  headersTimeout: limits.requestHeadersTimeoutMs,
  requestTimeout: limits.requestTimeoutMs,
  connectionsCheckingInterval: 2_000,
} as const;

export type App = ReturnType<typeof createFastify>;

/** An HTTP server whose routes are typed by their schemas. `noteMalformed` hears what no hook does. */
export function createFastify(log: Log, noteMalformed: (request: IncomingMessage, detail: string) => void) {
  return Fastify({
    loggerInstance: log.child({ part: 'http' }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytesMax,
    http: connectionTimeouts,
    requestTimeout: connectionTimeouts.requestTimeout,
    forceCloseConnections: true,
    // What the router cannot read has no hooks and no error handler of its own.
    frameworkErrors(_error, request, { raw }) {
      noteMalformed(request.raw, 'a path that cannot be read');
      const { status, code, message } = new ChatError('not_found');
      raw.writeHead(status, { ...securityHeaders, 'content-type': 'application/json' });
      raw.end(JSON.stringify({ error: message, code }));
    },
  }).withTypeProvider<ZodTypeProvider>();
}

/** The identity of a request that must have one. Errors: auth_required, auth_failed, rate_limited. */
export function requireIdentity({ identity, refusal }: FastifyRequest): Identity {
  if (identity !== null) return identity;
  if (refusal !== null) throw refusal;
  throw new ChatError(
    'auth_required',
    'Sign in first: send Authorization: Bearer TOKEN, or open a sign-in link.',
  );
}

/** Lets a request through only if the policy allows what its route needs. */
export function guardRoutes(app: App): void {
  app.addHook('onRoute', ({ method, url, config, schema }) => {
    if (config?.needs === undefined && schema?.hide !== true) {
      throw new Error(`${method} ${url} does not say what it needs: give its config a rule.`);
    }
  });
  app.addHook('onRequest', async (request) => {
    const { needs, forAgents, anyRoleInDevelopment } = request.routeOptions.config;
    if (needs === undefined || needs === null) return;
    const identity = requireIdentity(request);
    if (identity.kind === 'agent' && forAgents !== true)
      throw new ChatError('forbidden', 'This credential is for /mcp only.');
    const isBelieved = anyRoleInDevelopment === true && identity.proof.kind === 'development';
    if (!isBelieved) demand(identity, needs);
  });
}

/** Lets the browser keep its session, out of reach of scripts and of other sites. */
export function setSessionCookie(
  reply: FastifyReply,
  { cookieName, publicUrl }: Pick<HttpDependencies, 'cookieName' | 'publicUrl'>,
  token: string,
): void {
  reply.setCookie(cookieName(), token, {
    httpOnly: true,
    sameSite: 'strict',
    secure: reply.request.protocol === 'https' || publicUrl().startsWith('https:'),
    path: '/',
    maxAge: limits.sessionCookieTtlMs / 1000,
  });
}

/** Who asks, for the audit log. */
export function actorOf({ identity, peer }: FastifyRequest): Actor {
  return { actor: identity?.user_id ?? null, address: peer.address, device: peer.device };
}
