/**
 * Mentions go through the parser as marks: characters that no parser takes for markup, so that `_@elad_` is
 * emphasis around a mention, and a name may contain any character. Unicode keeps these noncharacters free for
 * such internal use.
 */

/** A mention in a text: offset and length in UTF-16 units. */
export interface MentionSpan {
  readonly offset: number;
  readonly length: number;
  readonly member: string;
}

export interface MarkedText {
  /** Each mention replaced by its mark. */
  readonly text: string;
  readonly marks: Marks;
}

export interface Marks {
  /** Splits a text at its marks. */
  split(text: string): (string | { readonly member: string; readonly text: string })[];
  /** The text as it was written. */
  restore(text: string): string;
}

const markStart = '\ufdd0';
const digitBase = 0xfde0;
const digits = 4;
const mentionsMax = 16 ** digits;
const mark = /\ufdd0([\ufde0-\ufdef]{4})/g;
/** The noncharacters of the basic plane that a mark is made of: in a text they stand for nothing. */
const reserved = /[\ufdd0-\ufdef]/g;

/** Spans that overlap, lie outside of the text or are out of order are left out. */
export function markMentions(text: string, spans: readonly MentionSpan[]): MarkedText {
  const wellFormed = text.toWellFormed().replace(reserved, '\ufffd');
  const mentions: { readonly member: string; readonly text: string }[] = [];
  let marked = '';
  let from = 0;
  for (const { offset, length, member } of spans) {
    const end = offset + length;
    if (offset < from || length <= 0 || end > wellFormed.length || mentions.length === mentionsMax) continue;
    marked += wellFormed.slice(from, offset) + markOf(mentions.length);
    mentions.push({ member, text: wellFormed.slice(offset, end) });
    from = end;
  }
  return { text: marked + wellFormed.slice(from), marks: createMarks(mentions) };
}

/** For looking at a text whose marks do not matter. */
export function withoutMarks(text: string): string {
  return text.replace(mark, '@');
}

function createMarks(mentions: readonly { readonly member: string; readonly text: string }[]): Marks {
  return {
    split(text) {
      const parts: ReturnType<Marks['split']> = [];
      let from = 0;
      for (const found of text.matchAll(mark)) {
        const mention = mentions[indexOf(found[1] ?? '')];
        if (mention === undefined) continue;
        if (found.index > from) parts.push(text.slice(from, found.index));
        parts.push(mention);
        from = found.index + found[0].length;
      }
      if (from < text.length) parts.push(text.slice(from));
      return parts;
    },
    restore: (text) => text.replace(mark, (_, index: string) => mentions[indexOf(index)]?.text ?? ''),
  };
}

function markOf(index: number): string {
  const hexadecimal = index.toString(16).padStart(digits, '0');
  return (
    markStart + hexadecimal.replace(/./g, (digit) => String.fromCharCode(digitBase + parseInt(digit, 16)))
  );
}

function indexOf(written: string): number {
  return [...written].reduce((sum, digit) => sum * 16 + digit.charCodeAt(0) - digitBase, 0);
}
