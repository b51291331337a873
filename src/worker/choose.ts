import { limits, type AgentProgram as ProgramDescription } from '../protocol/index.ts';
import type { AgentProgram } from './acp/program.ts';
import { splitCommand } from './command-line.ts';
import { checkOpencode } from './opencode-check.ts';
import {
  createCommandProgram,
  createDemoProgram,
  createOpencodeProgram,
  type ProgramsOptions,
} from './programs.ts';

export interface ChosenProgram {
  readonly program: AgentProgram;
  /** What it is and why it was taken, for people. */
  readonly description: ProgramDescription;
}

export type AgentChoice = 'auto' | 'opencode' | 'demo' | 'command';

/**
 * The program that does the agents' work. `auto`: opencode when it works now, else the demo agent. Throws
 * an Error with a sentence when `command` has no command.
 */
export async function chooseProgram(
  choice: AgentChoice,
  command: string | undefined,
  options: ProgramsOptions,
): Promise<ChosenProgram> {
  if (choice === 'demo') return demo('The built-in demo agent works here, as asked for.', options);
  if (choice === 'command') {
    const [name, ...args] = splitCommand(command ?? '');
    if (name === undefined)
      throw new Error('OPENCODE_SLACK_AGENT_COMMAND: say which program to run, with its arguments.');
    const program = createCommandProgram(name, args, options);
    const reason = `${name} works here, as asked for.`;
    return { program, description: describe('command', name, null, null, reason) };
  }
  const check = await checkOpencode(options);
  if (check.ok) {
    const model = check.model ?? 'its own choice of model';
    const reason = `opencode ${check.version ?? ''} works here with ${model}.`.replace('  ', ' ');
    const description = describe('opencode', 'opencode', check.version, check.model, reason);
    return { program: createOpencodeProgram(check.program, options), description };
  }
  if (choice === 'auto') return demo(`The built-in demo agent works here. ${check.reason}`, options);
  const reason = `opencode was asked for and cannot work now. ${check.reason}`;
  const program = createOpencodeProgram(check.program ?? 'opencode', options);
  return { program, description: describe('opencode', 'opencode', null, null, reason) };
}

function demo(reason: string, options: ProgramsOptions): ChosenProgram {
  return {
    program: createDemoProgram(options),
    description: describe('demo', 'demo agent', null, null, reason),
  };
}

function describe(
  kind: ProgramDescription['kind'],
  name: string,
  version: string | null,
  model: string | null,
  reason: string,
): ProgramDescription {
  return { kind, name, version, model, reason: reason.slice(0, limits.reasonCharsMax) };
}
