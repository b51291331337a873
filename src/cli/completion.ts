/** What Tab can complete with. */
export interface Completions {
  /** With their slash. */
  readonly commands: readonly string[];
  /** Commands whose first argument is an agent. */
  readonly agentCommands: readonly string[];
  agentNames(): readonly string[];
  memberNames(): readonly string[];
}

const roles = ['developer', 'designer', 'devops', 'qa', 'analyst', 'pm'];

/** The candidates for the word that a line ends in, and that word: the form that readline asks for. */
export function complete(line: string, completions: Completions): [string[], string] {
  const word = /\S*$/.exec(line)?.[0] ?? '';
  const before = line.slice(0, line.length - word.length).trim();
  if (word.startsWith('@'))
    return candidates(
      completions.memberNames().map((name) => `@${name}`),
      word,
    );
  if (!line.startsWith('/')) return [[], word];
  if (before === '') return candidates(completions.commands, word);
  if (completions.agentCommands.includes(before)) return candidates(completions.agentNames(), word);
  if (/^\/hire \S+$/.test(before)) return candidates(roles, word);
  return [[], word];
}

function candidates(all: readonly string[], word: string): [string[], string] {
  const found = all.filter((candidate) => candidate.startsWith(word.toLowerCase()));
  return [found.map((candidate) => `${candidate} `), word];
}
