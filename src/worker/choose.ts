import type { Log } from '../lib/log.ts';
import { ownCommand } from '../lib/own-command.ts';
import { limits, type AgentProgram as ProgramDescription } from '../protocol/index.ts';
import type { AgentProgram } from './acp/program.ts';
import { splitCommand } from './command-line.ts';
import { checkProvider, type OpencodeCheck, readSetUp, setUpMark } from './opencode-check.ts';
import {
  createCommandProgram,
  createDemoProgram,
  createOpencodeProgram,
  type ProgramsOptions,
} from './programs.ts';
import { createSupply, type Look, type Supply, type SupplySource, steadySupply } from './supply.ts';

export type AgentChoice = 'auto' | 'opencode' | 'demo' | 'command';

export interface ChoiceOptions extends ProgramsOptions {
  /** For `command`: the program with its arguments. */
  readonly command: string | undefined;
  /** With `auto`: whether the demo agent works while opencode cannot. Never in a project of people. */
  readonly demoMeanwhile: boolean;
  readonly log: Log;
}

/**
 * The program that does the agents' work. `auto` and `opencode`: opencode; while it cannot work, tasks wait,
 * unless `auto` may use the demo agent meanwhile. Throws an Error with a sentence when `command` has no
 * command.
 */
export async function chooseSupply(choice: AgentChoice, options: ChoiceOptions): Promise<Supply> {
  const { log } = options;
  if (choice === 'demo') {
    const reason = 'The built-in demo agent does the work, because `--agent demo` is set.';
    const program = createDemoProgram(options);
    // So that the first task need not wait for it. Should it fail, each task will say why.
    program.start().catch((error: unknown) => log.error({ err: error }, 'the demo agent did not start'));
    return steadySupply(program, describeDemo(reason));
  }
  if (choice === 'command') return createSupply({ source: commandSource(options), substitute: null, log });
  const words = 'The built-in demo agent works here.';
  const substitute =
    choice === 'auto' && options.demoMeanwhile ? { program: createDemoProgram(options), words } : null;
  return createSupply({ source: opencodeSource(options), substitute, log });
}

export function describeDemo(reason: string): ProgramDescription {
  const shortened = reason.slice(0, limits.reasonCharsMax);
  return { kind: 'demo', name: 'demo agent', version: null, model: null, reason: shortened };
}

function commandSource(options: ChoiceOptions): SupplySource {
  const [name, ...args] = splitCommand(options.command ?? '');
  if (name === undefined)
    throw new Error('OPENCODE_SLACK_AGENT_COMMAND: say which program to run, with its arguments.');
  const create = (): AgentProgram => createCommandProgram(name, args, options);
  const look: Look = {
    create,
    mark: '',
    description: { kind: 'command', name, version: null, model: null },
    provider: null,
    words: `${name} does the work, because \`--agent-command\` is set.`,
    fault: null,
  };
  return {
    look: async () => look,
    mark: async () => look.mark,
    login: null,
    takesKey: false,
    triedAtStart: false,
  };
}

function opencodeSource(options: ChoiceOptions): SupplySource {
  let known: { readonly mark: string; readonly setUp: OpencodeCheck } | undefined;
  return {
    login: ownCommand('login', options.env),
    takesKey: true,
    triedAtStart: true,
    mark: () => setUpMark(options),
    async look(anew) {
      const mark = await setUpMark(options);
      const isKnown = known?.mark === mark && (known.setUp.ok || known.setUp.problem === 'no_model');
      if (anew || !isKnown || known === undefined) {
        known = { mark, setUp: await readSetUp(options) };
      }
      const { setUp } = known;
      const fault = setUp.ok ? await checkProvider(setUp, options) : setUp;
      return lookAt(setUp, fault, mark, options);
    },
  };
}

function lookAt(setUp: OpencodeCheck, fault: Look['fault'], mark: string, options: ChoiceOptions): Look {
  const found = { kind: 'opencode', name: 'opencode', version: null, model: null } as const;
  if (!setUp.ok) {
    return { create: null, mark, description: found, provider: null, words: setUp.reason, fault };
  }
  const { program, version, model, provider, address } = setUp;
  const words = `opencode ${version ?? ''} works here with ${model ?? 'its own choice of model'}.`;
  return {
    create: () =>
      createOpencodeProgram(program, { ...options, providers: address === null ? [] : [address] }),
    mark,
    description: { ...found, version, model },
    provider,
    words: words.replace('  ', ' '),
    fault,
  };
}
