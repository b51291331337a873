const hues = 10;

/** A number from 1 to 10 that stays with a name: its colour. */
export function hueOf(name: string): number {
  let hash = 2166136261;
  for (const char of name.toLowerCase()) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619);
  return (((hash ^ (hash >>> 13)) >>> 0) % hues) + 1;
}

/** The first letter, as people see letters (an accent or a flag is one). */
export function initialOf(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name.trim());
  return (first?.segment ?? '?').toLocaleUpperCase();
}

/** "elad", "elad and maya", "elad, maya and 2 others". */
export function listNames(names: readonly string[], shown = 3): string {
  if (names.length === 0) return '';
  if (names.length === 1) return names[0] ?? '';
  const visible = names.slice(0, names.length > shown ? shown - 1 : names.length);
  const hidden = names.length - visible.length;
  const last = hidden > 0 ? `${hidden} others` : visible.pop();
  return `${visible.join(', ')} and ${last}`;
}
