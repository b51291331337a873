import { fileURLToPath } from 'node:url';
import { ownCommand } from '../lib/own-command.ts';
import { siblingModule } from '../lib/sibling-module.ts';
import type { DecidePermission } from './acp/permission.ts';
import { type AgentProgram, createAgentProgram, type ProgramTiming } from './acp/program.ts';
import { agentEnvironment } from './environment.ts';
import { opencodeCommand } from './opencode.ts';

export interface ProgramsOptions {
  /** The person's environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly projectRoot: string;
  /** For what programs write beside the project. */
  readonly dataDirectory: string;
  readonly decide?: DecidePermission;
  readonly timing?: Partial<ProgramTiming>;
  readonly onRejected?: (agent: string, title: string, reason: string) => void;
}

/** opencode, `program` as found by `findOpencode`. */
export function createOpencodeProgram(program: string, options: ProgramsOptions): AgentProgram {
  return createAgentProgram({
    ...options,
    name: 'opencode',
    loginHint: `Run: ${ownCommand('login', options.env)}`,
    wholeFileDiffs: true,
    command: () => opencodeCommand(program, options),
  });
}

/** The built-in demo agent. */
export function createDemoProgram(options: ProgramsOptions): AgentProgram {
  const main = fileURLToPath(siblingModule(import.meta.url, './demo/main'));
  return createAgentProgram({
    ...options,
    name: 'The demo agent',
    loginHint: 'It needs none.',
    wholeFileDiffs: true,
    command: async () => ({
      command: process.execPath,
      args: [main],
      env: agentEnvironment(options.env),
      cwd: options.projectRoot,
    }),
  });
}

/**
 * Any program that speaks the Agent Client Protocol on standard input and output. It uses the person's own
 * home.
 */
export function createCommandProgram(
  command: string,
  args: readonly string[],
  options: ProgramsOptions,
): AgentProgram {
  return createAgentProgram({
    ...options,
    name: command,
    loginHint: `Run it once by hand in a terminal and sign in: ${command}`,
    wholeFileDiffs: false,
    command: async () => ({ command, args, env: agentEnvironment(options.env), cwd: options.projectRoot }),
  });
}
