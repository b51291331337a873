import { createServer, type Server } from 'node:http';
import { type Config, ConfigError } from './config.ts';
import { connectionTimeouts } from './http/fastify.ts';
import { securityHeaders } from './http/web-safety.ts';
import { whoListens } from './lib/who-listens.ts';

/** Where a running server can be reached. */
export interface Addresses {
  readonly httpUrl: string;
  readonly httpPort: number;
  /** Every port that it listens on. */
  readonly ports: readonly number[];
  readonly webSocketUrl: string;
  /** What sign-in links begin with. */
  readonly publicUrl: string;
}

/** Starts listening for HTTP and, on a port of its own, for WebSockets. Errors: ConfigError, for people. */
export async function listenAll(
  config: Config,
  http: { listen(options: { host: string; port: number }): Promise<string> },
  webSocketServers: Server[],
  attach: (server: Server) => void,
): Promise<Addresses> {
  const httpPort = await listen('--port', config.port, async () =>
    portOf(await http.listen({ host: config.host, port: config.port })),
  );
  const webSocketPort = await listen('--websocket-port', config.websocketPort, async (wanted) => {
    let port = wanted;
    for (const host of bindHosts(config.websocketHost)) {
      const server = createServer(connectionTimeouts, (_, response) =>
        response.writeHead(426, securityHeaders).end('Connect with a WebSocket client.\n'),
      );
      attach(server);
      webSocketServers.push(server);
      port = await startServer(server, host, port);
    }
    return port;
  });
  const httpUrl = `http://${urlHost(config.host)}:${httpPort}`;
  return {
    httpUrl,
    httpPort,
    ports: [httpPort, webSocketPort],
    webSocketUrl: `ws://${urlHost(config.websocketHost)}:${webSocketPort}`,
    publicUrl: config.publicUrl?.replace(/\/+$/, '') ?? httpUrl,
  };
}

/**
 * Finds out whether the addresses are free, so that a start that is refused for them has made nothing yet.
 * Errors: as of `listenAll`; the problems of both ports are in one, a line each.
 */
export async function checkAddresses(config: Config): Promise<void> {
  const { host, port, websocketHost, websocketPort } = config;
  if (port !== 0 && port === websocketPort) {
    throw new ConfigError(`--port and --websocket-port are both ${port}. Choose two that differ.`);
  }
  const probes: Server[] = [];
  const probe = (hosts: readonly string[]) => async (wanted: number) => {
    for (const name of hosts) {
      const server = createServer();
      probes.push(server);
      await startServer(server, name, wanted);
    }
    return wanted;
  };
  try {
    const tried = await Promise.allSettled([
      listen('--port', port, probe(bindHosts(host))),
      listen('--websocket-port', websocketPort, probe(bindHosts(websocketHost))),
    ]);
    refuseTogether(tried.flatMap((each) => (each.status === 'rejected' ? [each.reason] : [])));
  } finally {
    await Promise.all(probes.filter(({ listening }) => listening).map((server) => closeServer(server)));
  }
}

/** All that people can mend, at once; anything else as it is. */
function refuseTogether(errors: readonly unknown[]): void {
  const bug = errors.find((error) => !(error instanceof ConfigError));
  if (bug !== undefined) throw bug;
  const problems = errors.flatMap((error) => (error instanceof ConfigError ? [error.message] : []));
  if (problems.length > 0) throw new ConfigError([...new Set(problems)].join('\n'));
}

/** Ends a server and the connections it still has. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Starts listening; a taken port is told by its flag, its number and, where it can be known, who has it. */
async function listen(flag: string, port: number, start: (port: number) => Promise<number>): Promise<number> {
  try {
    return await start(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      const holder = whoListens(port);
      const by = holder === undefined ? 'another program' : `process ${holder.pid} (${holder.command})`;
      throw new ConfigError(
        `${flag}: port ${port} is taken by ${by}. End it, or choose another port: ${flag} NUMBER.`,
      );
    }
    if (code === 'EACCES') {
      throw new ConfigError(
        `${flag}: port ${port} needs more rights than this user has. Choose one above 1023.`,
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new ConfigError(`--host: this machine has no such address. ${(error as Error).message}.`);
    }
    throw error;
  }
}

/** "localhost" is both of a machine's own addresses; clients try either first. */
function bindHosts(host: string): readonly string[] {
  return host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function portOf(url: string): number {
  return Number(new URL(url).port || '80');
}

/** Gives back the port, which port 0 leaves to the system. */
function startServer(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      // A machine without IPv6 still has its IPv4 address.
      if (host === '::1' && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')) resolve(port);
      else reject(error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
