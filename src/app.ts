import { existsSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { hostname } from 'node:os';
import { announceServer } from './announce-server.ts';
import { createAuth } from './auth/auth.ts';
import { readEnvironmentKeys } from './auth/environment-keys.ts';
import { createLocalBus } from './bus/bus.ts';
import { createConversations } from './chat/conversations.ts';
import { createMessages } from './chat/messages.ts';
import { startRetention } from './chat/retention.ts';
import { createSearch } from './chat/search.ts';
import { wireCommunication } from './communicate.ts';
import type { Config } from './config.ts';
import { watchDatabase } from './database-watch.ts';
import { bundledRoles, canonicalRoot, makeDataDirs, removeDataDirs, webFolder } from './folders.ts';
import { createGateway } from './gateway/gateway.ts';
import { createAudit } from './guard/audit.ts';
import { memoryCounters } from './guard/counters.ts';
import { createPeerOf } from './guard/peer.ts';
import { createRates } from './guard/rates.ts';
import { createSignInGuard } from './guard/sign-in-guard.ts';
import { isTooSlow, tooSlow } from './guard/slow-requests.ts';
import {
  bearerOf,
  cookieToken,
  formerCookieName,
  pageSecretOf,
  sessionCookieName,
} from './http/credentials.ts';
import { createExamination } from './http/examination.ts';
import { createHttp } from './http/http.ts';
import { createWebSafety } from './http/web-safety.ts';
import { type Clock, isoTime, systemClock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import { openProject } from './lib/project-paths.ts';
import { hadServer } from './lib/running-servers.ts';
import { type Addresses, checkAddresses, closeServer, listenAll } from './listen.ts';
import { type LocalWorker, startLocalWorker } from './local-worker.ts';
import { examineDisk } from './maintenance/examine-disk.ts';
import { createOnlineBackups } from './maintenance/online-backups.ts';
import { createMcp } from './mcp/mcp.ts';
import { startSamples } from './monitoring/samples.ts';
import { preparePlayground } from './playground.ts';
import type { JournalEvent } from './protocol/index.ts';
import { answerBelow, publicPath } from './public-path.ts';
import { readSecretKey } from './secret-key.ts';
import { byServer } from './store/notes.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import { startSupplyNews } from './supply-news.ts';
import { readRoles } from './team/roles.ts';
import { createTeam } from './team/team.ts';
import { createAdmission } from './transports/websocket/admission.ts';
import { encodeTextFrames } from './transports/websocket/frames.ts';
import { createWebSocketTransport } from './transports/websocket/websocket.ts';
import { version } from './version.ts';
import { welcome } from './welcome.ts';
import { createWork } from './work.ts';

/** A running server. */
export interface RunningApp {
  readonly httpUrl: string;
  readonly webSocketUrl: string;
  /** Signs a browser in as the owner, once. */
  readonly signInLink: string;
  readonly projectRoot: string;
  /** Whether the start made the database. */
  readonly isNewDatabase: boolean;
  /** The local worker's process, while it runs. */
  workerPid(): number | undefined;
  close(): Promise<void>;
}

const statusIntervalMs = 30_000;
const expiredCredentialsIntervalMs = 10 * 60 * 1000;

/**
 * Wires the parts together and starts them. Rejects with a sentence for people when it cannot. Tests may give
 * it another clock.
 */
export async function createApp(config: Config, log: Log, clock: Clock = systemClock): Promise<RunningApp> {
  const roles = readRoles([bundledRoles, config.rolesDir]);
  await checkAddresses(config);
  const isNewDatabase = !existsSync(config.dbPath);
  const wasThere = hadServer(config.dbPath) || existsSync(`${config.dbPath}-lock`);
  const made = makeDataDirs(config);
  const forgetDataDir = () => {
    if (isNewDatabase && !existsSync(config.dbPath)) removeDataDirs(made);
  };
  let secretKey: string;
  try {
    secretKey = config.secretKey ?? readSecretKey(config, { make: true });
  } catch (error) {
    forgetDataDir();
    throw error;
  }
  if (config.playground) preparePlayground(config.projectRoot);
  const projectRoot = canonicalRoot(config.projectRoot);

  const bus = createLocalBus(log);
  const onCommit = (events: readonly JournalEvent[]) => bus.publish(events);
  const store = await openSqliteStore({ path: config.dbPath, onCommit }).catch((error: unknown) => {
    forgetDataDir();
    throw error;
  });
  if (isNewDatabase && wasThere) {
    const database = config.dbPath;
    log.warn(
      { database },
      'the database of a former server is not there: a new one was made, which is empty',
    );
  }
  let position = await store.head();
  const isNew = position === 0;
  bus.subscribe((events) => {
    position = events.at(-1)?.position ?? position;
  });

  const audit = createAudit({ store, clock, log });
  const counters = memoryCounters();
  const rates = createRates({ counters, factor: config.rateLimitFactor });
  const signInGuard = createSignInGuard({ counters, audit });
  const peerOf = createPeerOf(config.trustProxy, () =>
    log.warn(
      'requests come through a proxy, all of them as if from one address: name the proxy by --trust-proxy',
    ),
  );
  const team = await createTeam({
    store,
    bus,
    clock,
    roles,
    initialState: () => work.domains.workers.idleState(),
  });
  const auth = createAuth({
    store,
    clock,
    log,
    join: (name, role) => team.join(name, role),
    findMember: (name) => team.find(name),
    secretKey,
    environmentKeys: readEnvironmentKeys(config),
    developmentMode: config.developmentMode,
    allowGuest: config.allowGuest,
    sessionIdleMs: config.sessionTimeout * 60_000,
  });
  const { signIn } = auth;
  await store.removeLocalCredentials();
  const conversations = await createConversations({ store, bus, team, clock });
  const messages = createMessages({ store, team, conversations, clock });
  const search = createSearch({ store, team, conversations });
  const work = await createWork({
    ...{ config, store, bus, team, roles, conversations, clock, log },
    project: await openProject(projectRoot),
    present: () => gateway.present().map(({ user_id }) => user_id),
    tellWorker: (workerId, event) => gateway.tellWorker(workerId, event),
    localWorker: () => localWorker,
  });
  const { tasks, workers } = work.domains;
  const retention = startRetention({ ...config, store, bus, clock, log });

  const parts = {
    store,
    team,
    conversations,
    messages,
    search,
    ...work.domains,
    auth,
    signInGuard,
    rates,
    audit,
    clock,
    log,
  };
  const { developmentMode } = config;
  const safety = createWebSafety({
    host: config.host,
    allowedHosts: [hostname(), config.websocketHost, ...config.allowedHosts],
    allowedOrigins: publicOrigins(config),
    developmentMode,
  });
  function refuseOrigin(request: IncomingMessage): string | undefined {
    const detail = safety.refuse(request);
    const { address, device } = peerOf(request);
    if (detail !== undefined) {
      audit.refused({ action: 'origin_refused', by: { actor: null, address, device }, detail });
    }
    return detail;
  }
  const gateway = createGateway({
    ...parts,
    people: auth.people,
    bus,
    position,
    serverVersion: version,
    developmentMode,
    mcpUrl: (isLocal) => `${isLocal ? addresses.httpUrl : addresses.publicUrl}/mcp`,
    status: async () => ({
      timestamp: isoTime(clock),
      active_sessions: (await tasks.active()).filter((task) => task.status !== 'assigned').length,
      total_agents: team.agentNames().length,
      chat_enabled: gateway.isOpen(),
      transport_type: communication.type(),
      worker: workers.programs()[0]?.reason ?? null,
      worker_state: workers.state(),
      supply: workers.supply(),
      sandbox: workers.sandboxOf(),
      project_config: workers.projectConfig(),
      storage_problem: databaseWatch.problem(),
      development_mode: developmentMode,
    }),
    encode: encodeTextFrames,
  });
  const { communication, begin: beginCommunication } = wireCommunication({
    ...parts,
    ...{ config, bus, counters, projectRoot },
    accounts: auth.accounts,
    publicUrl: () => addresses.publicUrl,
    announceStatus: () => gateway.announceStatus(),
  });
  const samples = startSamples(clock);
  const backups = createOnlineBackups(config.dbPath, clock);
  const examine = createExamination({
    ...parts,
    announced: () => position,
    examineDisk: () => examineDisk(config.dbPath),
  });
  const cookieName = () => sessionCookieName(addresses.publicUrl, store.databaseId);
  const webSocket = createWebSocketTransport({
    gateway,
    log,
    admission: createAdmission({
      connectionsMax: config.maxConnections,
      perAddressMax: config.maxConnectionsPerAddress,
    }),
    peerOf,
    refuseOrigin,
    credentials: (request) => ({
      cookieToken: cookieToken(request, cookieName()),
      pageSecret: pageSecretOf(request),
      bearer: bearerOf(request),
    }),
  });
  const http = await createHttp({
    ...parts,
    mcp: createMcp({ ...parts, serverVersion: version }),
    backups,
    examine,
    samples,
    peerOf,
    refuseOrigin,
    corsHeaders: safety.corsHeaders,
    developmentMode,
    serverVersion: version,
    communication,
    webFolder: webFolder(),
    publicPath: publicPath(config.publicUrl),
    gateway,
    projectRoot,
    webSocketUrl: () => addresses.webSocketUrl,
    publicUrl: () => addresses.publicUrl,
    cookieName,
    formerCookieName: () => formerCookieName(addresses.httpPort),
  });
  webSocket.attach(http.server, '/ws');
  answerBelow(publicPath(config.publicUrl), http.server);
  const webSocketServers: Server[] = [];
  let localWorker: LocalWorker | undefined;

  const orLog = (what: string) => (error: unknown) => log.error({ err: error }, what);

  async function close(): Promise<void> {
    clearInterval(statusTimer);
    clearInterval(credentialTimer);
    databaseWatch.close();
    gateway.close();
    await communication.close().catch(orLog('could not end Telegram'));
    await localWorker?.close();
    webSocket.close();
    await Promise.all([http.close(), ...webSocketServers.map((server) => closeServer(server))]);
    // What one of them cannot save is no reason to leave the others, and the database, unfinished.
    await work.close().catch(orLog('could not save how far the work got'));
    await retention.close().catch(orLog('could not end the removal of messages'));
    await backups.close();
    samples.close();
    await audit.close().catch(orLog('could not write the audit log'));
    await store.close();
  }

  const announceStatus = () => void gateway.announceStatus().catch(orLog('could not say how the server is'));
  const statusTimer = setInterval(announceStatus, statusIntervalMs);
  const credentialTimer = setInterval(
    () =>
      void store
        .removeExpiredCredentials(auth.sessions.moment())
        .catch(orLog('could not remove expired sign-ins')),
    expiredCredentialsIntervalMs,
  );
  workers.onChange(announceStatus);
  const databaseWatch = watchDatabase({ ...config, store, log, onChange: announceStatus });
  startSupplyNews({ store, workers, clock, log });

  let addresses: Addresses;
  try {
    addresses = await listenAll(config, http, webSocketServers, (server) => {
      webSocket.attach(server);
      // Whoever listens to this has to answer, too.
      server.on('clientError', (error, socket) => {
        if (isTooSlow(error)) audit.refused(tooSlow(socket));
        if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
        else socket.destroy();
      });
    });
  } catch (error) {
    await close();
    throw error;
  }
  const { httpUrl, webSocketUrl } = addresses;

  await welcome({ config, team, people: auth.people, messages, projectRoot, isNew });
  void beginCommunication().catch(orLog('could not begin with Telegram'));
  const token = await signIn.createLocal(config.owner, 'admin', 'terminal on this machine');
  const removeRuntimeFile = announceServer(config, projectRoot, log, {
    pid: process.pid,
    http_url: httpUrl,
    ws_url: webSocketUrl,
    token,
    started_at: isoTime(clock),
  });
  const link = await signIn.createLinkCode(config.owner, 'admin', byServer);
  const workerToken = await signIn.createLocal('worker', 'system', 'local worker');
  if (config.workers === 'local') {
    const { ports } = addresses;
    const chat = { url: webSocketUrl, token: workerToken, projectRoot, ports };
    localWorker = startLocalWorker(config, chat, log);
  }

  let closing: Promise<void> | undefined;
  return {
    httpUrl,
    webSocketUrl,
    signInLink: `${addresses.publicUrl}/#code=${link.code}`,
    projectRoot,
    isNewDatabase,
    workerPid: () => localWorker?.pid(),
    close() {
      closing ??= leave();
      return closing;
    },
  };

  async function leave(): Promise<void> {
    removeRuntimeFile();
    const removing = [token, workerToken].map((secret) => signIn.removeLocal(secret));
    await Promise.all(removing).catch(orLog('could not remove what the terminal here signs in by'));
    await close();
  }
}

function publicOrigins(config: Config): string[] {
  const own = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).origin];
  return [...config.allowedOrigins.map((origin) => new URL(origin).origin), ...own];
}
