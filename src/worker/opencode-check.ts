import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownCommand } from '../lib/own-command.ts';
import { isMissing } from '../lib/paths.ts';
import type { SupplyProblem } from '../protocol/index.ts';
import { createRedactor } from './acp/secrets.ts';
import { agentEnvironment } from './environment.ts';
import { parseJsonc } from './jsonc.ts';
import { findOpencode, type OpencodeOptions, opencodeEnvironment, personFiles } from './opencode.ts';
import { isObject, memberOf } from './opencode-config.ts';
import { whyUnreachable } from './reach.ts';

/** opencode as it is set up. */
export interface OpencodeSetUp {
  readonly program: string;
  readonly version: string | null;
  /** Null: its own choice of the provider's models. */
  readonly model: string | null;
  readonly provider: string;
  /** Where the provider is; null: not known. */
  readonly address: string | null;
}

/** Why opencode cannot work. The reason is a sentence for people that says what to do. */
export interface OpencodeFault {
  readonly problem: SupplyProblem;
  readonly reason: string;
}

export type OpencodeCheck =
  | ({ readonly ok: true } & OpencodeSetUp)
  | ({ readonly ok: false; readonly program: string | null } & OpencodeFault);

/** How long a provider has to answer. */
const providerTimeoutMs = 3_000;
/** It starts in about 2 s; a busy small machine may take much longer. */
const programTimeoutMs = 60_000;
const outputBytesMax = 4 * 1024 * 1024;

/** Where providers are that opencode reaches by their own libraries and so names no address for. */
const wellKnownAddresses: Readonly<Record<string, string>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com',
  google: 'https://generativelanguage.googleapis.com',
  openrouter: 'https://openrouter.ai',
  mistral: 'https://api.mistral.ai',
  groq: 'https://api.groq.com',
  xai: 'https://api.x.ai',
};

const run = promisify(execFile);

/** Would opencode work now? The program is found, a model is configured, and its provider answers. */
export async function checkOpencode(options: OpencodeOptions): Promise<OpencodeCheck> {
  const setUp = await readSetUp(options);
  if (!setUp.ok) return setUp;
  const fault = await checkProvider(setUp, options);
  return fault === null ? setUp : { ok: false, program: setUp.program, ...fault };
}

/** Finds the program and asks it for its model. It is run, so this takes some seconds. */
export async function readSetUp(options: OpencodeOptions): Promise<OpencodeCheck> {
  const program = await findOpencode(options.env);
  if (program === null) {
    const configured = options.env.OPENCODE_COMMAND;
    const where = configured ? ` OPENCODE_COMMAND says ${configured}, which is not there.` : '';
    const advice = 'Install it: npm install --global opencode-ai';
    return no(null, 'not_installed', `opencode was not found.${where} ${advice}`);
  }
  const env = await opencodeEnvironment(options);
  const ask = async (...args: string[]) => {
    const limits = { timeout: programTimeoutMs, maxBuffer: outputBytesMax, killSignal: 'SIGKILL' as const };
    return (await run(program, args, { ...limits, env, cwd: options.projectRoot })).stdout;
  };
  let config: unknown;
  let version: string;
  try {
    [config, version] = await Promise.all([ask('debug', 'config').then(parseJsonc), ask('--version')]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const short = createRedactor(env)(message).trim().split('\n').slice(0, 3).join(' ').slice(0, 500);
    const advice = `Run it by hand to see more: ${program} debug config`;
    return no(program, 'does_not_run', `opencode (${program}) does not run: ${short}. ${advice}`);
  }
  const model = memberOf(config, 'model');
  const signedIn = await signedInProviders(join(env.XDG_DATA_HOME ?? '', 'opencode', 'auth.json'));
  const provider = typeof model === 'string' ? model.split('/', 1)[0] : signedIn[0];
  if (provider === undefined) {
    const reason =
      `opencode has no model. Sign in to a provider with \`${ownCommand('login', options.env)}\`, or set ` +
      '"model" and "provider" in ~/.config/opencode/opencode.json.';
    return no(program, 'no_model', reason);
  }
  const address =
    addressIn(config, provider) ?? (await ask('models', '--verbose', provider).then(firstUrl, () => null));
  const name = typeof model === 'string' ? model : null;
  return { ok: true, program, model: name, provider, address, version: version.trim() || null };
}

/** Whether the provider answers, asked on the way that opencode would take. */
export async function checkProvider(
  { provider, address }: OpencodeSetUp,
  options: OpencodeOptions,
): Promise<OpencodeFault | null> {
  if (address === null) return null;
  const why = await whyUnreachable(address, providerTimeoutMs, agentEnvironment(options.env));
  if (why === null) return null;
  const reason =
    `The model provider "${provider}" of opencode does not answer at ${origin(address)}: ${why}. Start it ` +
    'or check the network.';
  return { problem: 'no_answer', reason };
}

/**
 * Changes when a person changed what opencode is set up by: its configuration, its sign-ins, the program.
 * Cheap.
 */
export async function setUpMark(options: OpencodeOptions): Promise<string> {
  const program = await findOpencode(options.env);
  const files = personFiles(options);
  const marks = await Promise.all(files.map(fileMark));
  return [program ?? '', ...marks, (await options.trust?.mark()) ?? ''].join('\n');
}

async function fileMark(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${path} ${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if (isMissing(error)) return path;
    throw error;
  }
}

function addressIn(config: unknown, provider: string): string | null {
  const own = memberOf(memberOf(config, 'provider'), provider);
  const address = memberOf(memberOf(own, 'options'), 'baseURL') ?? memberOf(own, 'api');
  return typeof address === 'string' && address !== '' ? address : (wellKnownAddresses[provider] ?? null);
}

function firstUrl(output: string): string | null {
  return /"url":\s*"(https?:[^"]+)"/.exec(output)?.[1] ?? null;
}

async function signedInProviders(path: string): Promise<string[]> {
  try {
    const signIns: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isObject(signIns) ? Object.keys(signIns) : [];
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Of an address without what may be secret in it. */
function origin(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : 'its address';
}

function no(program: string | null, problem: SupplyProblem, reason: string): OpencodeCheck {
  return { ok: false, program, problem, reason };
}
