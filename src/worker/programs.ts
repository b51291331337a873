import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ownCommand } from '../lib/own-command.ts';
import { siblingModule } from '../lib/sibling-module.ts';
import { stopReasonSentence } from './acp/failure.ts';
import type { DecidePermission } from './acp/permission.ts';
import type { AgentCommand } from './acp/process.ts';
import { type AgentProgram, createAgentProgram, type ProgramTiming } from './acp/program.ts';
import type { TurnResult } from './acp/turn.ts';
import { agentEnvironment } from './environment.ts';
import { opencodeCommand } from './opencode.ts';
import type { ProjectTrust } from './project-trust.ts';
import { programNeeds } from './sandbox/program-mounts.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { withTurns } from './with-turns.ts';

export interface ProgramsOptions {
  /** The person's environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly projectRoot: string;
  /** For what programs write beside the project. */
  readonly dataDirectory: string;
  /** See `OpencodeOptions`. */
  readonly sandbox?: Sandbox | null;
  readonly trust?: ProjectTrust;
  readonly decide?: DecidePermission;
  readonly timing?: Partial<ProgramTiming>;
  /** See `ProgramOptions`. */
  readonly frameBytesMax?: number;
  readonly onRejected?: (agent: string, title: string, reason: string) => void;
}

/** opencode, `program` as found by `findOpencode`. `providers`: URLs of its model provider. */
export function createOpencodeProgram(
  program: string,
  options: ProgramsOptions & { readonly providers?: readonly string[] },
): AgentProgram {
  return createAgentProgram({
    ...options,
    name: 'opencode',
    loginHint: `Run: ${ownCommand('login', options.env)}`,
    wholeFileDiffs: true,
    command: () => opencodeCommand(program, options),
  });
}

const demoName = 'The demo agent';

/** The built-in demo agent. Why it did not do something is told in its own words. */
export function createDemoProgram(options: ProgramsOptions): AgentProgram {
  const main = fileURLToPath(siblingModule(import.meta.url, './demo/main'));
  const program = createAgentProgram({
    ...options,
    name: demoName,
    loginHint: 'It needs none.',
    wholeFileDiffs: true,
    command: () => {
      const env = { ...agentEnvironment(options.env), DEMO_LOGIN: ownCommand('login', options.env) };
      return commandOf(process.execPath, [main], env, options);
    },
  });
  const refusal = stopReasonSentence(demoName, 'refusal');
  return withTurns(program, (request) => {
    const turn = program.runTurn(request);
    const result = turn.result.then((ended): TurnResult => {
      const { ending, text } = ended;
      const isRefused = ending.kind === 'failed' && ending.reason === refusal && text !== '';
      return isRefused ? { text, ending: { kind: 'failed', reason: text } } : ended;
    });
    return { ...turn, result };
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
    command: () => commandOf(command, args, agentEnvironment(options.env), options),
  });
}

/** A program in its sandbox, if there is one. */
async function commandOf(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { sandbox, projectRoot }: ProgramsOptions,
): Promise<AgentCommand> {
  if (!sandbox) return { command, args, env, cwd: projectRoot };
  const needs = await programNeeds([command, ...args], env, [projectRoot, env.HOME ?? homedir()]);
  return await sandbox.prepare({ command, args, env, ...needs, httpPort: null, asksForSlots: false });
}
