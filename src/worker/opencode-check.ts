import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isMissing } from '../lib/paths.ts';
import { createRedactor } from './acp/secrets.ts';
import { parseJsonc } from './jsonc.ts';
import { findOpencode, type OpencodeOptions, opencodeEnvironment } from './opencode.ts';
import { isObject, memberOf } from './opencode-config.ts';
import { isReachable } from './reach.ts';

export type OpencodeCheck =
  | {
      readonly ok: true;
      readonly program: string;
      readonly model: string | null;
      readonly version: string | null;
    }
  /** The reason is a sentence for people that says what to do. */
  | { readonly ok: false; readonly reason: string; readonly program: string | null };

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
  const program = await findOpencode(options.env);
  if (program === null) {
    const configured = options.env.OPENCODE_COMMAND;
    const where = configured ? ` OPENCODE_COMMAND says ${configured}, which is not there.` : '';
    return no(null, `opencode was not found.${where} Install it: npm install --global opencode-ai`);
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
    return no(
      program,
      `opencode (${program}) does not run: ${short}. Run it by hand to see more: opencode debug config`,
    );
  }
  const model = memberOf(config, 'model');
  const signedIn = await signedInProviders(join(env.XDG_DATA_HOME ?? '', 'opencode', 'auth.json'));
  const provider = typeof model === 'string' ? model.split('/', 1)[0] : signedIn[0];
  if (provider === undefined) {
    return no(
      program,
      'opencode has no model. Sign in to a provider with "opencode auth login", or set "model" and ' +
        '"provider" in ~/.config/opencode/opencode.json.',
    );
  }
  const address =
    addressIn(config, provider) ?? (await ask('models', '--verbose', provider).then(firstUrl, () => null));
  if (address && !(await isReachable(address, providerTimeoutMs, options.env))) {
    return no(
      program,
      `The model provider "${provider}" of opencode did not answer at ${origin(address)} within ` +
        `${providerTimeoutMs / 1_000} s. Start it or check the network, then restart.`,
    );
  }
  return {
    ok: true,
    program,
    model: typeof model === 'string' ? model : null,
    version: version.trim() || null,
  };
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

function no(program: string | null, reason: string): OpencodeCheck {
  return { ok: false, reason, program };
}
