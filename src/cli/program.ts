import { Argument, Command, Option } from 'commander';
import type { ChatClient } from '../client/index.ts';
import {
  auditActions,
  ChatError,
  type CommandInput,
  chosenName,
  limits,
  type PersonRole,
  personRoles,
  Smartness,
  visibleLine,
} from '../protocol/index.ts';
import * as actions from './actions.ts';
import { answer, approvals, optionOf } from './approval-commands.ts';
import { bare } from './conversation-names.ts';
import { withServerOptions } from './data-options.ts';
import { enter } from './enter.ts';
import { exitCodes } from './exit-codes.ts';
import { CliError, findServer, type ServerChoice, UsageError } from './find-server.ts';
import { answer as answerHelp, monitor, stuck } from './help-commands.ts';
import * as knowledge from './knowledge-actions.ts';
import { clean, cleanLine } from './sanitise.ts';
import { pipeColumns } from './screen.ts';
import { createStyle, type Style, wantsColours } from './style.ts';

/**
 * All commands. `server` and those that look after the data bring much with them, so they are loaded only
 * when they are asked for, and given to this.
 */
export function createProgram(
  version: string,
  server: Command,
  maintenance: readonly Command[] = [],
): Command {
  const program = new Command('opencode-slack')
    .description('team chat in which coding agents are employees')
    .version(version)
    .showHelpAfterError('Try opencode-slack --help')
    .addCommand(server);

  remote(program, 'chat', 'the chat at this terminal').action(async (choice: ServerChoice) => {
    const { runChat } = await import('./chat.ts');
    await telling(() => runChat(findServer(choice)));
  });
  remote(program, 'hire', 'hire an agent')
    .argument('<name>')
    .argument('<role...>', 'e.g. frontend developer; a level at the end as well: developer smart')
    .addOption(new Option('--smartness <level>', 'the level of its model').choices(Smartness.options))
    .action((name: string, words: string[], choice: ServerChoice & { smartness?: Smartness }) => {
      const { role, smartness } = actions.roleAndLevel(words);
      const agent = { name, role, smartness: choice.smartness ?? smartness };
      return once(choice, (client) => actions.hire(client, agent));
    });
  remote(program, 'fire', 'fire an agent; its work is stopped')
    .argument('<name>')
    .action((name: string, choice: ServerChoice) => once(choice, (client) => actions.fire(client, name)));
  remote(program, 'assign', 'give an agent a task')
    .argument('<name>')
    .argument('<task...>')
    .option('--read-only', 'the agent cannot change files in this task')
    .action((name: string, task: string[], choice: ServerChoice & ReadOnly) =>
      once(choice, (client) => actions.assign(client, name, task.join(' '), choice.readOnly)),
    );
  remote(program, 'ask', 'ask an agent a question; it cannot change files')
    .argument('<name>')
    .argument('<text...>', 'e.g. where is the login page styled?')
    .option('--to <conversation>', 'the channel to ask in', 'main')
    .action((name: string, text: string[], choice: ServerChoice & { to: string }) =>
      once(choice, async (client) => {
        const agent = bare(name);
        await actions.requireAgent(client, agent);
        return sendOnce(client, choice.to, { text: `@${agent} ${text.join(' ')}`, read_only: true });
      }),
    );
  remote(program, 'stop', 'stop the task of an agent')
    .argument('<name>')
    .action((name: string, choice: ServerChoice) => once(choice, (client) => actions.stop(client, name)));
  remote(program, 'approvals', 'approval requests that wait for an answer').action((choice: ServerChoice) =>
    once(choice, (client) => approvals(client, view())),
  );
  remote(program, 'approve', 'allow a request of an agent')
    .argument('[id]', 'the number of the request, if there are several')
    .option('--always', 'also allow further requests of this kind in the same task')
    .action((id: string | undefined, choice: ServerChoice & { always?: true }) =>
      once(choice, (client) =>
        answerOnce(client, id, { answer: choice.always ? 'always' : 'once' }, 'Allowed.'),
      ),
    );
  remote(program, 'choose', "choose one of a question's options")
    .argument('<id>', 'its number')
    .argument('<number>', 'the number of the option, see approvals')
    .action((id: string, number: string, choice: ServerChoice) =>
      once(choice, (client) =>
        answerOnce(client, id, (asked) => ({ option_id: optionOf(asked, Number(number)) }), 'Chosen.'),
      ),
    );
  remote(program, 'deny', 'deny a request of an agent')
    .argument('<id>', 'the number of the request')
    .argument('[sentence...]', 'the reason, for the agent')
    .action((id: string, sentence: string[], choice: ServerChoice) =>
      once(choice, (client) =>
        answerOnce(client, id, { answer: 'deny', sentence: sentence.join(' ') }, 'Denied.'),
      ),
    );
  remote(program, 'stuck', 'agents that are stuck, with their requests for help').action(
    (choice: ServerChoice) => once(choice, stuck),
  );
  remote(program, 'answer', 'help an agent that is stuck')
    .argument('<id>', 'the number of its request for help, see stuck')
    .argument('<text...>', 'the answer, for the agent')
    .action((id: string, text: string[], choice: ServerChoice) =>
      once(choice, async (client) => {
        await answerHelp(client, id, text.join(' '));
        return ['The agent has the answer and goes on.'];
      }),
    );
  remote(program, 'monitor', 'agent health and recovery actions')
    .argument('[name]')
    .action((name: string | undefined, choice: ServerChoice) =>
      once(choice, (client) => monitor(client, name)),
    );
  remote(program, 'policy', 'show or set what an agent may do without approval')
    .argument('<name>')
    .argument('[rules]', 'e.g. execute=auto,edit=ask; "default" removes its own rules')
    .action((name: string, rules: string | undefined, choice: ServerChoice) =>
      once(choice, (client) => actions.policy(client, name, rules)),
    );
  remote(program, 'status', 'the state of all agents, and the people who are connected').action(
    (choice: ServerChoice) => once(choice, (client) => actions.status(client, columns())),
  );
  remote(program, 'progress', 'progress of running tasks')
    .argument('[name]')
    .action((name: string | undefined, choice: ServerChoice) =>
      once(choice, (client) => actions.progress(client, name)),
    );
  remote(program, 'tasks', 'running and waiting tasks, or the latest tasks of one agent')
    .argument('[name]')
    .action((name: string | undefined, choice: ServerChoice) =>
      once(choice, (client) =>
        name === undefined ? actions.tasks(client, columns()) : actions.tasksOf(client, name, columns()),
      ),
    );
  remote(program, 'employees', 'list the agents').action((choice: ServerChoice) =>
    once(choice, (client) => actions.employees(client, columns())),
  );
  const people = remote(program, 'people', 'list the people and their roles').action((choice: ServerChoice) =>
    once(choice, (client) => actions.people(client, columns())),
  );
  remote(people, 'role', 'give a person another role; for admins')
    .argument('<name>')
    .addArgument(new Argument('<role>').choices(personRoles))
    .action((name: string, role: PersonRole, _: object, command: Command) =>
      once(command.optsWithGlobals(), (client) => actions.setRole(client, name, role)),
    );
  remote(people, 'remove', 'remove a person, with sessions, keys and links; for admins')
    .argument('<name>')
    .action((name: string, _: object, command: Command) =>
      once(command.optsWithGlobals(), (client) => actions.removePerson(client, name)),
    );
  remote(program, 'send', 'send a message')
    .argument('<text...>', 'e.g. @elad add a gradient background to index.html')
    .option('--to <conversation>', 'a channel, or @NAME', 'main')
    .option('--read-only', 'the agents that it mentions cannot change files')
    .action((text: string[], choice: ServerChoice & ReadOnly & { to: string }) =>
      once(choice, (client) =>
        sendOnce(client, choice.to, { text: text.join(' '), read_only: choice.readOnly }),
      ),
    );
  remote(program, 'channels', 'list the conversations with unread counts').action((choice: ServerChoice) =>
    once(choice, (client) => actions.channels(client, columns())),
  );
  remote(program, 'history', 'the latest messages of a conversation')
    .option('--in <conversation>', 'a channel, or @NAME', 'main')
    .option(
      '--limit <count>',
      `number of messages, at most ${limits.historyPageMax}`,
      String(limits.historyPageDefault),
    )
    .action((choice: ServerChoice & { in: string; limit: string }) =>
      once(choice, (client) =>
        actions.history(
          client,
          { name: choice.in, limit: countOf(choice.limit, limits.historyPageMax) },
          view(),
        ),
      ),
    );
  remote(program, 'search', 'find messages')
    .argument('<query...>', 'words, "side by side", deplo*, from:NAME in:CHANNEL has:link before:2026-03-01')
    .addOption(new Option('--newest', 'the newest first (the default)').conflicts('ranked'))
    .option('--ranked', 'the best first')
    .option(
      '--limit <count>',
      `number of messages, at most ${limits.searchPageMax}`,
      String(limits.searchPageDefault),
    )
    .option('--json', 'as JSON, for programs')
    .action((query: string[], choice: ServerChoice & { ranked?: true; limit: string; json?: true }) =>
      once(choice, (client) =>
        actions.search(
          client,
          {
            q: query.join(' '),
            order: choice.ranked ? 'relevance' : 'newest',
            limit: countOf(choice.limit, limits.searchPageMax),
          },
          choice.json ? 'json' : view(),
        ),
      ),
    );
  remote(program, 'hire-specialist', 'list the categories of roles, or the roles of one category')
    .argument('[category]')
    .action((category: string | undefined, choice: ServerChoice) =>
      once(choice, (client) => knowledge.specialists(client, category ?? '')),
    );
  remote(program, 'models', 'the model of each level').action((choice: ServerChoice) =>
    once(choice, knowledge.models),
  );
  remote(program, 'model-set', 'set the model of a level')
    .addArgument(new Argument('<level>').choices(Smartness.options))
    .argument('<model>', 'its name in the agent program; "auto": the default of the program')
    .action((level: Smartness, model: string, choice: ServerChoice) =>
      once(choice, (client) => knowledge.setModel(client, level, model)),
    );
  remote(program, 'memory', 'the notes that an agent keeps')
    .argument('<name>')
    .action((name: string, choice: ServerChoice) => once(choice, (client) => knowledge.memory(client, name)));
  remote(program, 'who', 'the changes of a file, with agent, task and time')
    .argument('<file>', 'path from the project root; also a folder or a glob')
    .action((file: string, choice: ServerChoice) => once(choice, (client) => actions.who(client, file)));
  remote(program, 'link', 'make a new sign-in link')
    .option('--user <name>', 'for somebody else')
    .addOption(new Option('--role <role>', 'with these rights').choices(personRoles))
    .action((choice: ServerChoice & { user?: string; role?: string }) =>
      telling(async () =>
        print(await actions.link(findServer(choice), { user_id: choice.user, role: choice.role })),
      ),
    );
  remote(program, 'audit', 'the audit log; for admins')
    .option('--limit <number>', 'number of entries')
    .option('--before <id>', 'only older ones')
    .option('--user <name>', 'only entries of this member')
    .addOption(new Option('--action <action>', 'only this').choices(auditActions))
    .addOption(new Option('--outcome <outcome>', 'only this outcome').choices(['done', 'refused']))
    .action(({ user, limit, before, action, outcome, ...choice }: ServerChoice & AuditOptions) =>
      telling(async () =>
        print(await actions.audit(findServer(choice), { limit, before, action, outcome, actor: user })),
      ),
    );
  for (const command of maintenance) program.addCommand(command);
  endByTable(program);
  return program;
}

interface ReadOnly {
  readonly readOnly?: true;
}

type AuditOptions = Readonly<Partial<Record<'user' | 'limit' | 'before' | 'action' | 'outcome', string>>>;

function remote(program: Command, name: string, description: string): Command {
  return withServerOptions(program.command(name).description(description)).addHelpText(
    'after',
    '\nThe token of another machine’s server comes from the environment variable OPENCODE_SLACK_TOKEN.',
  );
}

/** Scripts tell a command that was given wrongly from one that failed. */
function endByTable(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.done : exitCodes.wrongUse));
  for (const below of command.commands) endByTable(below);
}

/** Enters, does one thing, prints what came of it, and leaves. */
async function once(choice: ServerChoice, act: (client: ChatClient) => Promise<string[]>): Promise<void> {
  await telling(async () => {
    const client = await enter(findServer(choice));
    try {
      print(await act(client));
    } finally {
      client.close();
    }
  });
}

async function sendOnce(
  client: ChatClient,
  to: string,
  said: Pick<CommandInput<'chat_message'>, 'text' | 'read_only'>,
): Promise<string[]> {
  const notices: string[] = [];
  client.on('notice', ({ message }) => notices.push(`Note: ${clean(message)}`));
  await actions.say(client, { ...said, conversation_id: await actions.openByName(client, to) });
  return ['Sent.', ...notices];
}

function countOf(text: string, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new UsageError(`--limit takes a number from 1 to ${most}, not "${text}".`);
}

/** How messages are printed here. */
function view(): { readonly style: Style; readonly columns: number } {
  return { style: createStyle(wantsColours(process.stdout, process.env)), columns: columns() };
}

async function answerOnce(
  ...[client, id, how, done]: [...Parameters<typeof answer>, done: string]
): Promise<string[]> {
  const name = chosenName(await answer(client, id, how));
  return [name === null || typeof how === 'function' ? done : `Chosen: ${visibleLine(name)}.`];
}

function columns(): number {
  return process.stdout.columns || pipeColumns;
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** Tells people's errors in a sentence; anything else is a bug and crashes loudly. */
async function telling(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof CliError) && !(error instanceof ChatError)) throw error;
    process.stderr.write(`${cleanLine(error.message)}\n`);
    process.exitCode = error instanceof UsageError ? exitCodes.wrongUse : exitCodes.failed;
  }
}
