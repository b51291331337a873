import { mentionQueryAt, SearchTrait, startsAsTyped } from '../protocol/index.ts';

/** What Tab can complete with. */
export interface Completions {
  /** Each with its slash, and what its first argument is. */
  readonly commands: Readonly<
    Record<string, 'agent' | 'member' | 'conversation' | 'approval' | 'query' | undefined>
  >;
  agentNames(): readonly string[];
  memberNames(): readonly string[];
  /** With `#` or `@`. */
  conversationNames(): readonly string[];
  /** The numbers of what agents ask to be allowed. */
  approvalIds(): readonly string[];
}

const traits = SearchTrait.options.map((trait) => `has:${trait}`);
const roles = ['developer', 'designer', 'devops', 'qa', 'analyst', 'pm'];

/** The candidates for what a line ends in, and that: the form that readline asks for. */
export function complete(line: string, completions: Completions): [string[], string] {
  const word = /\S*$/.exec(line)?.[0] ?? '';
  const [, command, argument = ''] = /^(\/\S+)\s+(.*)$/.exec(line) ?? [];
  if (command === undefined && line.startsWith('/'))
    return candidates(Object.keys(completions.commands), word);
  const takes = command === undefined ? undefined : completions.commands[command];
  // Names of people and conversations may hold blanks.
  if (takes === 'conversation') return candidates(conversations(argument, completions), argument);
  if (takes === 'query') return filters(argument, completions);
  const members = completions.memberNames();
  if (takes === 'member') {
    const found = candidates(argument.startsWith('@') ? mentions(members) : members, argument);
    if (found[0].length > 0) return found;
  }
  const mention = mentionQueryAt(line, line.length, members);
  if (mention !== null) {
    const named = members.filter((name) => startsAsTyped(name, mention.prefix));
    return [mentions(named).map((candidate) => `${candidate} `), line.slice(mention.start)];
  }
  if (takes === 'agent' && argument === word) return candidates(completions.agentNames(), word);
  if (takes === 'approval' && argument === word) return candidates(completions.approvalIds(), word);
  if (command === '/approve') return candidates(['always'], word);
  if (command === '/hire' && /^\S+ \S*$/.test(argument)) return candidates(roles, word);
  return [[], word];
}

/** What is searched for, and its filters: first their names, then what they take. */
function filters(query: string, { memberNames, conversationNames }: Completions): [string[], string] {
  const word = /(?:"[^"]*"?|[^\s"])*$/.exec(query)?.[0] ?? '';
  if (!word.includes(':')) {
    const names = ['from:', 'in:', 'has:', 'before:', 'after:', 'thread:'];
    return [names.filter((name) => word !== '' && name.startsWith(word.toLowerCase())), word];
  }
  const quoted = (value: string) => (/\s/.test(value) ? `"${value}"` : value);
  const members = ['me', ...memberNames()].map((name) => `from:${quoted(name)}`);
  const places = conversationNames().map((name) => `in:${quoted(name.replace(/^#/, ''))}`);
  const typed = word.replaceAll('"', '').toLowerCase();
  const fits = (each: string) => each.replaceAll('"', '').toLowerCase().startsWith(typed);
  return [[...members, ...places, ...traits].filter(fits).map((each) => `${each} `), word];
}

/** A channel is known by its name alone. */
function conversations(typed: string, { conversationNames, memberNames }: Completions): string[] {
  if (typed.startsWith('@')) return [...new Set([...conversationNames(), ...mentions(memberNames())])];
  const names = conversationNames();
  return typed.startsWith('#') ? [...names] : names.map((name) => name.replace(/^#/, ''));
}

function mentions(names: readonly string[]): string[] {
  return names.map((name) => `@${name}`);
}

function candidates(all: readonly string[], typed: string): [string[], string] {
  const found = all.filter((candidate) => startsAsTyped(candidate, typed));
  return [found.map((candidate) => `${candidate} `), typed];
}
