import { limits, PersonRole, personRoles } from '../protocol/index.ts';
import * as actions from './actions.ts';
import { approvalCommands } from './approval-commands.ts';
import type { ChatCommand, ChatCommands, ChatContext } from './chat-command.ts';
import { confinementCommands } from './confinement-commands.ts';
import { conversationCommands } from './conversation-commands.ts';
import { bare } from './conversation-names.ts';
import { fileCommands } from './file-commands.ts';
import { helpCommands } from './help-commands.ts';
import { knowledgeCommands } from './knowledge-commands.ts';
import { messageCommands } from './message-commands.ts';
import { searchCommands } from './search-commands.ts';
import { taskCommands } from './task-commands.ts';

/** What can be typed with a slash; everything else is said. */
const chatCommands: ChatCommands = {
  help: {
    usage: '/help',
    doc: 'this list',
    run: () => [
      ...Object.values(chatCommands).map(({ usage, doc }) => `  ${usage.padEnd(34)}${doc}`),
      'ID is the number before a message. Everything else is said in the conversation that the prompt',
      'names: @NAME and what to do, or what to ask. Tab completes.',
    ],
  },
  ...conversationCommands,
  ...messageCommands,
  ...fileCommands,
  ...approvalCommands,
  ...helpCommands,
  ...searchCommands,
  hire: {
    usage: '/hire NAME ROLE... [smart|normal]',
    doc: 'hire an agent',
    // That it happened is told to everybody in the room, also to who did it.
    run: async (rest, { client }) => {
      const [name, ...words] = rest.split(/\s+/);
      const { role, smartness } = actions.roleAndLevel(words);
      if (!name || !role) return undefined;
      await actions.hire(client, { name, role, smartness });
      return [];
    },
  },
  fire: {
    usage: '/fire NAME',
    doc: 'fire an agent; its work is stopped',
    takes: 'agent',
    async run(rest, { client }) {
      if (!isName(rest)) return undefined;
      await actions.fire(client, bare(rest));
      return [];
    },
  },
  assign: {
    usage: '/assign NAME TASK...',
    doc: 'give an agent a task; with --read-only it cannot change files',
    takes: 'agent',
    run: (rest, { client }) => {
      const [, name, readOnly, task] = /^(\S+)\s+(--read-only\s+)?(.+)$/s.exec(rest) ?? [];
      if (!name || !task) return undefined;
      return actions.assign(client, bare(name), unquote(task), readOnly !== undefined);
    },
  },
  stop: {
    usage: '/stop NAME',
    doc: 'stop the task of an agent',
    takes: 'agent',
    run: (rest, { client }) => (isName(rest) ? actions.stop(client, bare(rest)) : undefined),
  },
  policy: {
    usage: '/policy NAME [RULES | default]',
    doc: 'what an agent may do without approval, e.g. execute=auto,edit=ask',
    takes: 'agent',
    run: (rest, { client }) => {
      const [name, rules, ...more] = rest.split(/\s+/);
      return name && more.length === 0 ? actions.policy(client, bare(name), rules) : undefined;
    },
  },
  ...taskCommands,
  progress: {
    usage: '/progress [NAME]',
    doc: 'progress of running tasks: steps and files',
    takes: 'agent',
    run: (rest, { client }) => {
      if (rest !== '' && !isName(rest)) return undefined;
      return actions.progress(client, rest === '' ? undefined : bare(rest));
    },
  },
  status: {
    usage: '/status',
    doc: 'the state of all agents, and the people who are connected',
    run: (_, { client, screen }) => actions.status(client, screen.columns()),
  },
  employees: {
    usage: '/employees',
    doc: 'list the agents',
    run: (_, { client, screen }) => actions.employees(client, screen.columns()),
  },
  people: {
    usage: '/people',
    doc: 'list the people and their roles',
    run: (_, { client, screen }) => actions.people(client, screen.columns()),
  },
  role: {
    usage: '/role NAME ROLE',
    doc: `give a person another role: ${personRoles.join(', ')}`,
    takes: 'member',
    run: (rest, { client }) => {
      const [, name, word] = /^(.+?)\s+(\S+)$/.exec(rest) ?? [];
      const role = PersonRole.safeParse(word?.toLowerCase());
      return name && role.success ? actions.setRole(client, bare(name), role.data) : undefined;
    },
  },
  remove: {
    usage: '/remove NAME',
    doc: 'remove a person, with sessions, keys and links',
    takes: 'member',
    run: (rest, { client }) => (rest === '' ? undefined : actions.removePerson(client, bare(rest))),
  },
  tasks: {
    usage: '/tasks [NAME]',
    doc: 'running and waiting tasks, or the latest tasks of one agent',
    takes: 'agent',
    run: (rest, { client, screen }) =>
      rest === ''
        ? actions.tasks(client, screen.columns())
        : actions.tasksOf(client, bare(rest), screen.columns()),
  },
  ...confinementCommands,
  ...knowledgeCommands,
  diff: { usage: '/diff', doc: 'the latest changes, uncut', run: (_, { room }) => room.lastDiff() },
  history: {
    usage: '/history [COUNT]',
    doc: `the last messages, ${limits.historyPageDefault} or COUNT`,
    async run(rest, { room }) {
      const count = rest === '' ? limits.historyPageDefault : Number(rest);
      if (!Number.isInteger(count) || count < 1 || count > limits.historyPageMax) return undefined;
      await room.showHistory(count);
      return [];
    },
  },
  clear: {
    usage: '/clear',
    doc: 'clear the screen; approval requests that wait stay',
    run(_, { screen, room }) {
      screen.clear();
      return room.waitingApprovals();
    },
  },
  quit: {
    usage: '/quit',
    doc: 'leave (also Ctrl-C, Ctrl-D)',
    run(_, { quit }) {
      quit();
      return [];
    },
  },
};

const aliases: Readonly<Record<string, string>> = {
  exit: 'quit',
  start: 'assign',
  allow: 'approve',
  go: 'join',
  msg: 'dm',
  part: 'leave',
  files: 'locks',
};

/** All words that can be typed, with their slash, and what Tab completes after each. */
export const commandWords: Readonly<Record<string, ChatCommand['takes']>> = Object.fromEntries(
  [...Object.keys(chatCommands), 'go'].map((name) => [`/${name}`, commandOf(name)?.takes]),
);

function commandOf(word: string): ChatCommand | undefined {
  const name = aliases[word.toLowerCase()] ?? word.toLowerCase();
  return Object.hasOwn(chatCommands, name) ? chatCommands[name] : undefined;
}

/** Whether what is typed after a line must wait for it. */
export function isMove(line: string): boolean {
  return commandOf(parse(line).word)?.moves ?? false;
}

/** Does what a line says that starts with a slash, and gives back what to print. Rejects with a ChatError. */
export async function runChatCommand(line: string, context: ChatContext): Promise<readonly string[]> {
  const { word, rest } = parse(line);
  const command = commandOf(word);
  if (command === undefined) return [`Unknown command: /${word}. /help lists them.`];
  return (await command.run(rest, context)) ?? [`Usage: ${command.usage}`];
}

function parse(line: string): { readonly word: string; readonly rest: string } {
  const [, word = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  return { word, rest: rest.trim() };
}

function isName(text: string): boolean {
  return /^\S+$/.test(text);
}

function unquote(text: string): string {
  return /^(["']).*\1$/s.test(text) && text.length > 2 ? text.slice(1, -1) : text;
}
