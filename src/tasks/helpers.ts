import type { Helper, Member } from '../protocol/index.ts';

/** Somebody who could help. */
export interface Candidate {
  readonly member: Pick<Member, 'name' | 'kind'>;
  readonly expertise: readonly string[];
  /** Could begin at once: an agent without a task, a person who is online. */
  readonly isFree: boolean;
}

/**
 * Whom to ask for help: those whose job is good at most of what the text names, at equal fitness those who
 * are free, agents before people, then by name. Nobody is asked by chance; agents whom nothing in the text
 * concerns are not asked at all, people who are there are.
 */
export function chooseHelpers(candidates: readonly Candidate[], text: string, max: number): Helper[] {
  const words = wordsOf(text);
  return candidates
    .map(({ member, expertise, isFree }) => ({
      helper: { name: member.name, kind: member.kind, fits: expertise.filter((term) => names(words, term)) },
      isFree,
    }))
    .filter(({ helper, isFree }) => helper.fits.length > 0 || (helper.kind === 'person' && isFree))
    .sort(
      (a, b) =>
        b.helper.fits.length - a.helper.fits.length ||
        Number(b.isFree) - Number(a.isFree) ||
        Number(a.helper.kind === 'person') - Number(b.helper.kind === 'person') ||
        (a.helper.name < b.helper.name ? -1 : 1),
    )
    .slice(0, max)
    .map(({ helper }) => helper);
}

/** Whether a text names all words of a term. */
function names(words: ReadonlySet<string>, term: string): boolean {
  const wanted = [...wordsOf(term)];
  return wanted.length > 0 && wanted.every((word) => words.has(word));
}

/** The words of a text in lower case, without the ending of a plural. */
function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}+#]+/gu) ?? [];
  return new Set(words.map((word) => (word.length > 3 ? word.replace(/s$/, '') : word)));
}
