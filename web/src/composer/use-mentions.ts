import { type KeyboardEvent, useMemo, useState } from 'react';
import { isSameName } from '../../../src/protocol/index.ts';
import { completeMention, matchNames, mentionQueryAt } from '../lib/mention-query.ts';
import { useLive } from '../live/use-live.ts';
import { mentionableNames } from '../state/mentionable.ts';
import { agentsOf, peopleOf } from '../state/selectors.ts';

export interface Mentionable {
  readonly name: string;
  readonly kind: 'agent' | 'person';
  readonly role: string | null;
}

export interface Mentions {
  readonly open: boolean;
  readonly options: readonly Mentionable[];
  readonly active: number;
  setActive(index: number): void;
  choose(option: Mentionable): void;
  close(): void;
  /** True when the key was for the list. */
  onKeyDown(event: KeyboardEvent): boolean;
}

const optionsMax = 8;

/** Completion of the mention at the caret: agents first, by arrows and Enter or Tab; Escape closes it. */
export function useMentions(
  text: string,
  caret: number,
  apply: (completed: { text: string; caret: number }) => void,
): Mentions {
  const { store } = useLive();
  const names = mentionableNames(store.get().members);
  const query = mentionQueryAt(text, caret, names.values());
  const key = query ? `${query.start}` : null;
  const [closedAt, setClosedAt] = useState<string | null>(null);
  const [chosen, setChosen] = useState({ key: '', index: 0 });

  const prefix = query?.prefix ?? null;
  const options = useMemo<Mentionable[]>(() => {
    if (prefix === null) return [];
    // Who there is when one types; that changes rarely, and the next letter sees it.
    const state = store.get();
    const agents = agentsOf(state).map(
      ({ member }): Mentionable => ({ name: member.name, kind: 'agent', role: member.role }),
    );
    const people = peopleOf(state)
      .filter((person) => !person.self && state.members[person.name] !== undefined)
      .map(({ name, role }): Mentionable => ({ name, kind: 'person', role }));
    return matchNames([...agents, ...people], prefix).slice(0, optionsMax);
  }, [store, prefix]);

  // A name that stands complete needs no list; Enter then sends.
  const complete = options.length === 1 && isSameName(options[0]?.name ?? '', prefix ?? '');
  const open = query !== null && options.length > 0 && closedAt !== key && !complete;
  const listKey = `${key}:${prefix}`;
  const active = chosen.key === listKey ? Math.min(chosen.index, options.length - 1) : 0;
  const setActive = (index: number) => setChosen({ key: listKey, index });

  function choose(option: Mentionable) {
    if (query) apply(completeMention(text, query, option.name, names));
  }

  function onKeyDown(event: KeyboardEvent): boolean {
    if (!query) setClosedAt(null);
    if (!open) return false;
    const option = options[active];
    if (event.key === 'ArrowDown') setActive((active + 1) % options.length);
    else if (event.key === 'ArrowUp') setActive((active + options.length - 1) % options.length);
    else if (event.key === 'Escape') setClosedAt(key);
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && option) choose(option);
    else return false;
    event.preventDefault();
    return true;
  }

  return { open, options, active, setActive, choose, close: () => setClosedAt(key), onKeyDown };
}
