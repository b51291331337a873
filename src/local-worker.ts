import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import type { Log } from './lib/log.ts';
import { fileVariable } from './lib/secret-file.ts';
import { siblingModule } from './lib/sibling-module.ts';
import type { Setting } from './setting-schemas.ts';
import { settings } from './settings.ts';
import { type Supervisor, supervise } from './supervisor.ts';
import { withDirectLoopback } from './worker/environment.ts';

/** What only the server is to have. */
const withoutSecrets = Object.fromEntries(
  Object.values<Setting>(settings)
    .filter((setting) => setting.secret)
    .flatMap(({ env }) => env.flatMap((name) => [name, fileVariable(name)]).map((name) => [name, undefined])),
);

export interface LocalWorker extends Supervisor {
  readonly workerId: string;
}

/**
 * Starts a worker on this machine, as a supervised child process that enters the chat like any other client.
 */
export function startLocalWorker(
  config: Config,
  chat: {
    readonly url: string;
    readonly token: string;
    readonly projectRoot: string;
    readonly ports: readonly number[];
  },
  log: Log,
): LocalWorker {
  const workerId = `local-${randomUUID().slice(0, 8)}`;
  const { NO_PROXY, no_proxy } = withDirectLoopback(process.env);
  const supervisor = supervise({
    name: 'worker',
    modulePath: fileURLToPath(siblingModule(import.meta.url, './worker/main')),
    env: {
      OPENCODE_SLACK_URL: chat.url,
      OPENCODE_SLACK_WORKER_TOKEN_STDIN: '1',
      OPENCODE_SLACK_WORKER_TOKEN: undefined,
      OPENCODE_SLACK_WORKER_TOKEN_FILE: undefined,
      OPENCODE_SLACK_WORKER_ID: workerId,
      OPENCODE_SLACK_PROJECT_ROOT: chat.projectRoot,
      OPENCODE_SLACK_DATA_DIR: config.sessionsDir,
      OPENCODE_SLACK_AGENT: config.agent,
      // Only in the scratch copy of the sample project.
      OPENCODE_SLACK_DEMO_MEANWHILE: config.playground ? '1' : undefined,
      OPENCODE_SLACK_AGENT_COMMAND: config.agentCommand,
      OPENCODE_SLACK_SANDBOX: config.sandbox,
      OPENCODE_SLACK_ALLOW_HOSTS: config.allowHosts.join(','),
      OPENCODE_SLACK_TRUST_PROJECT: config.trustProject ? '1' : undefined,
      OPENCODE_SLACK_CHAT_PORTS: chat.ports.join(','),
      OPENCODE_SLACK_MAX_CONCURRENT_TASKS: String(config.maxConcurrentTasks),
      OPENCODE_COMMAND: config.opencodeCommand,
      LOG_LEVEL: config.logLevel,
      // It talks to this server and to its own programs on this machine.
      NO_PROXY,
      no_proxy,
      ...withoutSecrets,
    },
    input: `${chat.token}\n`,
    log,
  });
  return { ...supervisor, workerId };
}
