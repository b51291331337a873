import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { checkOpencode } from '../../worker/opencode-check.ts';
import { findSandbox, type SandboxMode } from '../../worker/sandbox/support.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

export interface AgentSettings {
  readonly agent: 'auto' | 'opencode' | 'demo' | 'command';
  readonly sandbox: SandboxMode;
  readonly projectRoot: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Whether opencode would work, unless something else was chosen. It is run, so this takes some seconds. */
export async function checkAgentProgram({ agent, projectRoot, env }: AgentSettings): Promise<Finding> {
  if (agent === 'demo') return ok('agents', 'The agents run on the built-in demo agent, as chosen.');
  if (agent === 'command') return ok('agents', 'The agents run on a program of your own (--agent-command).');
  // What opencode writes when it is run goes with the folder.
  const dataDirectory = mkdtempSync(join(tmpdir(), 'opencode-slack-doctor-'));
  try {
    const check = await checkOpencode({ env, projectRoot, dataDirectory });
    if (check.ok) {
      const model = check.model ?? 'its own choice of model';
      return ok('agents', `opencode ${check.version ?? ''} (${check.program}) works with ${model}.`);
    }
    if (agent === 'opencode') return problem('agents', check.reason, 'Set opencode up, or use --agent demo.');
    return warning(
      'agents',
      check.reason,
      'Tasks wait until it works; in the playground the demo agent does them.',
    );
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

/** Whether agents can be confined on this machine. */
export async function checkSandbox(mode: SandboxMode, env: NodeJS.ProcessEnv): Promise<Finding> {
  if (mode === 'off') return warning('sandbox', 'The sandbox is switched off (--sandbox off).', 'Remove it.');
  const support = await findSandbox(env);
  if (support.kind === 'bubblewrap') {
    return ok('sandbox', `Agents are confined by bubblewrap ${support.version} (${support.program}).`);
  }
  return (mode === 'required' ? problem : warning)('sandbox', support.reason, support.remedy);
}

/** opencode searches the project with ripgrep, and fetches one of its own if there is none. */
export function checkRipgrep(env: NodeJS.ProcessEnv): Finding {
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const found = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (found !== undefined) return ok('ripgrep', `rg is there: ${found}.`);
  return warning(
    'ripgrep',
    'rg (ripgrep) is not on PATH; opencode searches files with it.',
    'Install ripgrep, or let opencode fetch its own, for which it needs the network.',
  );
}
