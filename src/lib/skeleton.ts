import unhomoglyph from 'unhomoglyph';

/**
 * What a text looks like, by Unicode TS 39: equal for texts that a reader takes for the same, such as `boss`
 * with a Cyrillic `о`, full-width `ｂｏｓｓ`, or `boss` with zero-width characters. Case does not count.
 */
export function skeleton(text: string): string {
  const visible = text.normalize('NFKC').replace(ignorable, '');
  // A capital `I` looks like a small `l`, whose own capital does not: first as written, then without case.
  return prototypes(prototypes(visible).toLowerCase());
}

const ignorable = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu;

function prototypes(text: string): string {
  return Array.from(text.normalize('NFD'), unhomoglyph).join('').normalize('NFD');
}

/** The first of some names that looks like a name. */
export function lookalike(name: string, names: Iterable<string>): string | undefined {
  const look = skeleton(name);
  for (const other of names) if (skeleton(other) === look) return other;
  return undefined;
}
