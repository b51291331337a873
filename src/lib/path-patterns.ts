/**
 * A part of a project: one file, a folder with all that is and will be in it, or the files that a glob fits.
 * In a glob `*` and `?` stand for characters of one name, `**` for any folders.
 */
export interface PathPattern {
  readonly kind: 'file' | 'folder' | 'glob';
  /** Relative to the project's root with `/`, `.` for the root; written alike for the same place. */
  readonly key: string;
}

/** Whether one file can be in both. */
export function overlap(a: PathPattern, b: PathPattern): boolean {
  if (a.kind !== 'glob' && b.kind !== 'glob') return isIn(a, b) || isIn(b, a);
  return meet(segmentsOf(a), segmentsOf(b), '**', (one, other) =>
    meet([...one], [...other], '*', (x, y) => x === y || x === '?' || y === '?'),
  );
}

/** Of two that are no globs, whether the first is the second, or in the folder that the second is. */
function isIn({ key }: PathPattern, whole: PathPattern): boolean {
  if (whole.kind === 'folder' && whole.key === '.') return true;
  return key === whole.key || (whole.kind === 'folder' && key.startsWith(`${whole.key}/`));
}

/** Whether all of the second is in the first, as far as that can be told at once. */
export function covers(whole: PathPattern, part: PathPattern): boolean {
  if (whole.kind === part.kind && whole.key === part.key) return true;
  if (part.kind === 'file') return overlap(whole, part);
  return whole.kind === 'folder' && isIn(part, whole);
}

/** A folder and all folders that it is in, `.` the last; for a glob, the folder before its first wildcard. */
export function foldersOf({ kind, key }: PathPattern): string[] {
  const names = key === '.' ? [] : key.split('/');
  const end = kind === 'glob' ? names.findIndex((name) => /[*?]/.test(name)) : names.length;
  return Array.from({ length: end + 1 }, (_, up) => names.slice(0, end - up).join('/') || '.');
}

/** Wildcards of names of files and folders mean themselves; these stand for them while comparing. */
const literal: Readonly<Record<string, string>> = { '*': '\u0000', '?': '\u0001' };

function segmentsOf({ kind, key }: PathPattern): string[] {
  if (kind === 'glob') return key.split('/');
  const segments = key === '.' ? [] : key.replace(/[*?]/g, (sign) => literal[sign] ?? sign).split('/');
  return kind === 'folder' ? [...segments, '**'] : segments;
}

/** Whether one row of items can fit both patterns, in which `any` stands for any number of items. */
function meet(
  a: readonly string[],
  b: readonly string[],
  any: string,
  same: (one: string, other: string) => boolean,
): boolean {
  // fits[j]: what of `a` was looked at, and the first j of `b`, can fit the same row.
  let fits = [true];
  for (const [j, other] of b.entries()) fits.push(fits[j] === true && other === any);
  for (const one of a) {
    const next = [fits[0] === true && one === any];
    for (const [j, other] of b.entries()) {
      next.push(
        one === any || other === any
          ? fits[j + 1] === true || next[j] === true
          : fits[j] === true && same(one, other),
      );
    }
    fits = next;
  }
  return fits[b.length] === true;
}
