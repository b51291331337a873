import type { SearchTerm } from '../../search-store.ts';
import { type Word, wordsIn } from './words.ts';

/** A term as it is compared: words that follow each other. */
export interface Phrase {
  readonly words: readonly string[];
  /** The last word may go on. */
  readonly prefix: boolean;
}

/** Where something stands in a text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The terms that say something. null: there are some, and none does, so no message has them. */
export function readTerms(terms: readonly SearchTerm[]): Phrase[] | null {
  const phrases = terms
    .map(({ text, prefix }) => ({ words: wordsIn(text).map(({ folded }) => folded), prefix }))
    .filter(({ words }) => words.length > 0);
  return phrases.length === 0 && terms.length > 0 ? null : phrases;
}

/** Where each phrase is said in a text; null when one is not. */
export function findPhrases(words: readonly Word[], phrases: readonly Phrase[]): Range[][] | null {
  const found: Range[][] = [];
  for (const phrase of phrases) {
    const ranges = findPhrase(words, phrase);
    if (ranges.length === 0) return null;
    found.push(ranges);
  }
  return found;
}

function findPhrase(words: readonly Word[], phrase: Phrase): Range[] {
  const { length } = phrase.words;
  const ranges: Range[] = [];
  for (let at = 0; at + length <= words.length; at += 1) {
    if (!isPhraseAt(words, at, phrase)) continue;
    ranges.push({ start: words[at]?.start ?? 0, end: words[at + length - 1]?.end ?? 0 });
  }
  return ranges;
}

function isPhraseAt(words: readonly Word[], at: number, { words: wanted, prefix }: Phrase): boolean {
  const last = wanted.length - 1;
  return wanted.every((word, index) => {
    const folded = words[at + index]?.folded;
    return folded === word || (prefix && index === last && folded?.startsWith(word) === true);
  });
}
