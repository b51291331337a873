import type { SearchTerm } from '../store/search-store.ts';

/** What a search's text asks for. */
export interface SearchQuery {
  readonly terms: readonly SearchTerm[];
  readonly filters: readonly WrittenFilter[];
}

/** `name:value`, as it was written. */
export interface WrittenFilter {
  readonly name: FilterName;
  readonly value: string;
}

const filterNames = ['from', 'in', 'has', 'before', 'after', 'thread'] as const;
export type FilterName = (typeof filterNames)[number];

/** One piece of the text. A quote that is never closed goes to the end. */
const piece = new RegExp(
  [
    `(?<name>${filterNames.join('|')}):(?:"(?<quoted>[^"]*)"?|(?<bare>[^\\s"]+))`,
    '"(?<phrase>[^"]*)"?(?<phraseGoesOn>\\*?)',
    '(?<word>[^\\s"]+)',
  ].join('|'),
  'giu',
);

/**
 * Reads the text of a search: words, "words side by side", words that go on (`deplo*`) and filters. Any text
 * can be searched for: what is no filter is words, `https://x`, `TODO:` and `a OR (b` too.
 */
export function parseSearchQuery(text: string): SearchQuery {
  const terms: SearchTerm[] = [];
  const filters: WrittenFilter[] = [];
  // Telephones write quotes so.
  for (const { groups = {} } of text.replace(/[“”„«»]/g, '"').matchAll(piece)) {
    const { name, quoted, bare, phrase, phraseGoesOn, word } = groups;
    if (name !== undefined) {
      const value = (quoted ?? bare ?? '').trim();
      if (value !== '') filters.push({ name: name.toLowerCase() as FilterName, value });
    } else if (phrase !== undefined) {
      if (phrase.trim() !== '') terms.push({ text: phrase, prefix: phraseGoesOn === '*' });
    } else if (word !== undefined) terms.push({ text: word, prefix: /[^*]\*$/.test(word) });
  }
  return { terms, filters };
}
