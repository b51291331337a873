import type { FileChange } from '../protocol/index.ts';

/** What agents are to be told at their next turn. */
export interface AgentNews {
  /** Files were changed past locks: news for whoever held them, and for whose tool it was. */
  bypassed(changes: readonly FileChange[]): void;
  take(agent: string): readonly string[];
}

/** Of more, the oldest go. */
const newsPerAgentMax = 5;
const toldFilesMax = 5;

export function createAgentNews(): AgentNews {
  const news = new Map<string, string[]>();

  function add(agent: string, text: string): void {
    news.set(agent, [...(news.get(agent) ?? []), text].slice(-newsPerAgentMax));
  }

  function addAll(who: (change: FileChange) => readonly string[], changes: readonly FileChange[], say: Say) {
    for (const agent of new Set(changes.flatMap(who))) {
      const mine = changes.filter((change) => who(change).includes(agent));
      add(agent, say(namesOf(mine)));
    }
  }

  return {
    bypassed(changes) {
      addAll(({ held_by }) => (held_by === null ? [] : [held_by]), changes, heldText);
      addAll(({ by, during }) => (by === null ? during : [by]), changes, doerText);
    },
    take(agent) {
      const taken = news.get(agent) ?? [];
      news.delete(agent);
      return taken;
    },
  };
}

type Say = (files: string) => string;
const heldText: Say = (files) =>
  `While you held ${files}, a tool of somebody else changed it past your lock. Read it again before you ` +
  'rely on it.';
const doerText: Say = (files) =>
  `A tool of yours changed ${files} while somebody else held it. The team was told, and may put it back. ` +
  'Do not change by commands what others hold: edit files with your editing tool, which waits its turn.';

function namesOf(changes: readonly FileChange[]): string {
  const paths = [...new Set(changes.map(({ path }) => path))];
  const more = paths.length - toldFilesMax;
  return paths.slice(0, toldFilesMax).join(', ') + (more > 0 ? ` and ${more} more files` : '');
}
