import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { stateFolderOf } from '../lib/data-place.ts';
import { readLine } from '../lib/read-line.ts';
import { readSecretVariable } from '../lib/secret-file.ts';
import { limits } from '../protocol/index.ts';
import type { AgentChoice } from './choose.ts';
import { parseHostPattern } from './sandbox/hosts.ts';
import type { SandboxMode } from './sandbox/support.ts';

/**
 * What a worker is told by its environment: never by arguments, which every user of the machine can read. Its
 * credential may also come from a file, or by standard input, which nobody can read but the worker.
 */
export interface WorkerSettings {
  /** OPENCODE_SLACK_URL: the chat's WebSocket address. */
  readonly url: string;
  /**
   * The worker's credential: OPENCODE_SLACK_WORKER_TOKEN, or the content of the file that
   * OPENCODE_SLACK_WORKER_TOKEN_FILE names, or, with OPENCODE_SLACK_WORKER_TOKEN_STDIN=1, the first line of
   * standard input.
   */
  readonly token: string;
  /** OPENCODE_SLACK_WORKER_ID: keep it over restarts of the connection; by default random. */
  readonly workerId: string;
  /** OPENCODE_SLACK_PROJECT_ROOT: where the agents work. Canonical. */
  readonly projectRoot: string;
  /**
   * OPENCODE_SLACK_DATA_DIR: what agent programs write; by default in the state folder of the project.
   */
  readonly dataDirectory: string;
  /** OPENCODE_SLACK_AGENT: auto, opencode, demo or command. */
  readonly agent: AgentChoice;
  /** OPENCODE_SLACK_AGENT_COMMAND: for `command`. */
  readonly agentCommand: string | undefined;
  /** OPENCODE_SLACK_SANDBOX: auto, required or off. */
  readonly sandbox: SandboxMode;
  /** OPENCODE_SLACK_ALLOW_HOSTS: hosts that agents reach without asking, separated by commas. */
  readonly allowedHosts: readonly string[];
  /** OPENCODE_SLACK_TRUST_PROJECT: 1 to load the project's own configuration of the agent program. */
  readonly trustProject: boolean;
  /** OPENCODE_SLACK_CHAT_PORTS: the chat's ports on this machine, besides the one of the URL. */
  readonly chatPorts: readonly number[];
  /** OPENCODE_SLACK_DEMO_MEANWHILE: 1 where the demo agent may work while opencode cannot, with auto. */
  readonly demoMeanwhile: boolean;
  /** OPENCODE_SLACK_MAX_CONCURRENT_TASKS. */
  readonly tasksMax: number;
  /** LOG_LEVEL. */
  readonly logLevel: string;
}

const choices: ReadonlySet<string> = new Set<AgentChoice>(['auto', 'opencode', 'demo', 'command']);
const defaultTasksMax = 10;

/** Throws an Error whose sentence names the variable. */
export async function readWorkerSettings(env: NodeJS.ProcessEnv, input: Readable): Promise<WorkerSettings> {
  const agent = env.OPENCODE_SLACK_AGENT || 'auto';
  if (!choices.has(agent)) {
    throw new Error(`OPENCODE_SLACK_AGENT: "${agent}" is not possible. Allowed: ${[...choices].join(', ')}.`);
  }
  const tasksMax = Number(env.OPENCODE_SLACK_MAX_CONCURRENT_TASKS || defaultTasksMax);
  if (!Number.isInteger(tasksMax) || tasksMax < 1) {
    throw new Error('OPENCODE_SLACK_MAX_CONCURRENT_TASKS: a whole number from 1 is allowed.');
  }
  const projectRoot = await realpath(env.OPENCODE_SLACK_PROJECT_ROOT || process.cwd());
  return {
    url: required('OPENCODE_SLACK_URL', env.OPENCODE_SLACK_URL),
    token: await readToken(env, input),
    workerId: env.OPENCODE_SLACK_WORKER_ID || `worker-${randomUUID().slice(0, 8)}`,
    projectRoot,
    dataDirectory: env.OPENCODE_SLACK_DATA_DIR || join(stateFolderOf(projectRoot), 'agents'),
    agent: agent as AgentChoice,
    agentCommand: env.OPENCODE_SLACK_AGENT_COMMAND || undefined,
    ...readConfinement(env),
    demoMeanwhile: env.OPENCODE_SLACK_DEMO_MEANWHILE === '1',
    tasksMax,
    logLevel: env.LOG_LEVEL?.toLowerCase() || 'info',
  };
}

const modes: ReadonlySet<string> = new Set<SandboxMode>(['auto', 'required', 'off']);

function readConfinement(
  env: NodeJS.ProcessEnv,
): Pick<WorkerSettings, 'sandbox' | 'allowedHosts' | 'trustProject' | 'chatPorts'> {
  const words = (name: string) => (env[name] ?? '').split(',').filter((word) => word.trim() !== '');
  const sandbox = env.OPENCODE_SLACK_SANDBOX || 'auto';
  if (!modes.has(sandbox)) {
    throw new Error(
      `OPENCODE_SLACK_SANDBOX: "${sandbox}" is not possible. Allowed: ${[...modes].join(', ')}.`,
    );
  }
  const allowedHosts = words('OPENCODE_SLACK_ALLOW_HOSTS').map((host) => {
    const pattern = parseHostPattern(host);
    if (pattern === null) throw new Error(`OPENCODE_SLACK_ALLOW_HOSTS: "${host}" is no host.`);
    return pattern;
  });
  const url = URL.parse(env.OPENCODE_SLACK_URL ?? '');
  const own = url === null ? [] : [url.port === '' ? (url.protocol === 'wss:' ? 443 : 80) : Number(url.port)];
  return {
    sandbox: sandbox as SandboxMode,
    allowedHosts,
    trustProject: env.OPENCODE_SLACK_TRUST_PROJECT === '1',
    chatPorts: [...own, ...words('OPENCODE_SLACK_CHAT_PORTS').map(Number)],
  };
}

function required(name: string, given: string | undefined): string {
  const value = given?.trim();
  if (!value) throw new Error(`${name} is not set. A worker needs it to reach the chat.`);
  return value;
}

async function readToken(env: NodeJS.ProcessEnv, input: Readable): Promise<string> {
  const name = 'OPENCODE_SLACK_WORKER_TOKEN';
  if (env[`${name}_STDIN`] !== '1') {
    return required(name, readSecretVariable(name, env, limits.secretFileBytesMax));
  }
  const token = (await readLine(input, limits.secretFileBytesMax))?.trim();
  if (token) return token;
  throw new Error(`${name}_STDIN is set, and standard input does not begin with the token and a line break.`);
}
