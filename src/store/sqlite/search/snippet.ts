import type { SnippetPart } from '../../../protocol/search.ts';
import type { Range } from './terms.ts';

/** How much of a snippet may stand before what was found. */
const leadShare = 0.25;
/** How far a cut moves to fall between words. */
const blankWithin = 20;
/** Signs may pile up on a character without end. */
const characterMax = 16;

/**
 * A part of a text with as many of the ranges as fit, in pieces: what was found, and what is around it. Cut
 * ends show as "…".
 */
export function snippetOf(text: string, ranges: readonly Range[], charsMax: number): SnippetPart[] {
  const hits = joined(ranges);
  const whole = text.length <= charsMax;
  const start = whole ? 0 : startOf(text, hits, charsMax);
  const end = whole ? text.length : endOf(text, hits, start + charsMax);
  const parts: SnippetPart[] = [];
  const add = (from: number, to: number, hit: boolean) => {
    if (from < to) parts.push({ text: text.slice(from, to), hit });
  };
  if (start > 0) parts.push({ text: '…', hit: false });
  let at = start;
  for (const hit of hits) {
    if (hit.end <= start || hit.start >= end) continue;
    add(at, Math.max(at, hit.start), false);
    add(Math.max(at, hit.start), Math.min(hit.end, end), true);
    at = Math.min(hit.end, end);
  }
  add(at, end, false);
  if (end < text.length) parts.push({ text: '…', hit: false });
  return parts;
}

/** In order, without overlap; what touches is one. */
function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = result.at(-1);
    if (last === undefined || range.start > last.end) result.push(range);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return result;
}

/** Where to begin so that most hits are in the snippet; of equal places the first. */
function startOf(text: string, hits: readonly Range[], charsMax: number): number {
  const lead = Math.floor(charsMax * leadShare);
  let best = 0;
  let bestCount = 0;
  let next = 0;
  for (const [index, { start }] of hits.entries()) {
    next = Math.max(next, index + 1);
    while (next < hits.length && (hits[next]?.end ?? 0) <= start + charsMax - lead) next += 1;
    if (next - index <= bestCount) continue;
    bestCount = next - index;
    best = start;
  }
  const wanted = Math.min(best - lead, text.length - charsMax);
  return wanted <= 0 ? 0 : cut(text, wanted, best, 1);
}

/** Where to end: not before a hit that is in the snippet. */
function endOf(text: string, hits: readonly Range[], wanted: number): number {
  const at = Math.min(text.length, wanted);
  const last = hits.findLast(({ start }) => start < at);
  return cut(text, at, Math.min(at, last?.end ?? 0), -1);
}

/** A place near `at`, towards `limit`, between two words if there is one, never within a character. */
function cut(text: string, at: number, limit: number, step: 1 | -1): number {
  if (at === 0 || at === text.length) return at;
  for (let place = at; Math.abs(place - at) <= blankWithin && place !== limit; place += step) {
    if (/\s/.test(text[place - 1] ?? '') && !/\s/.test(text[place] ?? '')) return place;
  }
  let place = at;
  while (Math.abs(place - at) < characterMax && isWithinCharacter(text, place)) place += step;
  return isWithinPair(text, place) ? place + step : place;
}

const goesOn = /^(?:\p{M}|\u200d|[\u{1f3fb}-\u{1f3ff}])/u;

function isWithinCharacter(text: string, at: number): boolean {
  return isWithinPair(text, at) || text[at - 1] === '\u200d' || goesOn.test(text.slice(at, at + 2));
}

function isWithinPair(text: string, at: number): boolean {
  return /[\udc00-\udfff]/.test(text[at] ?? '') && /[\ud800-\udbff]/.test(text[at - 1] ?? '');
}
