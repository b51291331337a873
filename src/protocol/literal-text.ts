/**
 * Where a text holds no mentions: code, quoted lines and addresses of the web. Blocks are told apart as in
 * Markdown, with one exception: a line after a quoted one belongs to the quote only if it begins with `>`.
 * The time it takes grows with the length of the text, whatever is in it.
 */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Sorted by their start. They may overlap. */
export function literalRanges(text: string): TextRange[] {
  const ranges = [...literalBlocks(text), ...webAddresses(text)];
  return ranges.sort((one, other) => one.start - other.start);
}

interface Fence {
  readonly mark: string;
  readonly length: number;
  readonly start: number;
  /** The column of the list item that it stands in. */
  readonly column: number;
}

interface Blocks {
  readonly text: string;
  readonly ranges: TextRange[];
  /** The columns at which the contents of the open list items begin, the innermost last. */
  readonly items: number[];
  fence: Fence | null;
  /** Where the open paragraph begins. */
  paragraph: number | null;
}

/** Deeper lists are read as paragraphs. */
const listDepthMax = 32;
const columnsPerTab = 4;
const codeIndent = 4;

function literalBlocks(text: string): TextRange[] {
  if (!/[`~>\t]| {4}/.test(text)) return [];
  const blocks: Blocks = { text, ranges: [], items: [], fence: null, paragraph: null };
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    readLine(blocks, start, end);
    start = end + 1;
  }
  endParagraph(blocks, text.length);
  if (blocks.fence !== null) blocks.ranges.push({ start: blocks.fence.start, end: text.length });
  return blocks.ranges;
}

const fenceStart = /(`{3,})[^`\n]*(?=\n|$)|(~{3,})/y;
const fenceEnd = /(`{3,}|~{3,})[ \t\r]*(?=\n|$)/y;
const listMarker = /(?:[-+*]|(\d{1,9})[.)])(?=[ \t\r\n]|$)/y;
const heading = /#{1,6}(?=[ \t\r\n]|$)/y;

function readLine(blocks: Blocks, lineStart: number, end: number): void {
  const { text, items } = blocks;
  let { at, column } = skipBlanks(text, lineStart, 0);
  const isBlank = at >= end || text[at] === '\r';
  if (blocks.fence !== null && !leavesFence(blocks, blocks.fence, at, end, isBlank ? null : column)) return;
  if (isBlank) {
    endParagraph(blocks, lineStart);
    return;
  }
  if (blocks.paragraph === null) while (column < (items.at(-1) ?? 0)) items.pop();

  for (;;) {
    const indent = column - (items.at(-1) ?? 0);
    if (indent >= codeIndent) {
      if (blocks.paragraph === null) blocks.ranges.push({ start: at, end });
      return;
    }
    if (text[at] === '>') {
      endParagraph(blocks, at);
      blocks.ranges.push({ start: at, end });
      return;
    }
    const fence = matchAt(fenceStart, text, at);
    if (fence !== null) {
      endParagraph(blocks, at);
      const mark = fence[1] ?? fence[2] ?? '';
      const start = at;
      blocks.fence = { mark: mark.charAt(0), length: mark.length, start, column: items.at(-1) ?? 0 };
      return;
    }
    const marker = items.length < listDepthMax ? matchAt(listMarker, text, at) : null;
    // Within a paragraph, only a first item begins a list.
    if (marker === null || (blocks.paragraph !== null && Number(marker[1] ?? 1) !== 1)) break;
    endParagraph(blocks, at);
    while (column < (items.at(-1) ?? 0)) items.pop();
    const after = column + marker[0].length;
    const content = skipBlanks(text, at + marker[0].length, after);
    const isDeep = content.column - after > codeIndent || content.at >= end;
    items.push(isDeep ? after + 1 : content.column);
    ({ at, column } = content);
    if (at >= end) return;
  }
  if (matchAt(heading, text, at) !== null) {
    endParagraph(blocks, at);
    blocks.paragraph = at;
    endParagraph(blocks, end);
  } else blocks.paragraph ??= at;
}

/** Says whether a line is outside of the fenced code before it: the list item ended that the code is in. */
function leavesFence(blocks: Blocks, fence: Fence, at: number, end: number, column: number | null): boolean {
  if (column !== null && column < fence.column) {
    blocks.ranges.push({ start: fence.start, end: at });
    blocks.fence = null;
    return true;
  }
  const mark = column === null ? undefined : matchAt(fenceEnd, blocks.text, at)?.[1];
  if (mark?.startsWith(fence.mark) && mark.length >= fence.length) {
    blocks.ranges.push({ start: fence.start, end });
    blocks.fence = null;
  }
  return false;
}

function skipBlanks(text: string, from: number, startColumn: number): { at: number; column: number } {
  let at = from;
  let column = startColumn;
  for (; text[at] === ' ' || text[at] === '\t'; at += 1) {
    column += text[at] === ' ' ? 1 : columnsPerTab - (column % columnsPerTab);
  }
  return { at, column };
}

/** Code spans end with their paragraph at the latest. */
function endParagraph(blocks: Blocks, end: number): void {
  if (blocks.paragraph !== null) addCodeSpans(blocks.ranges, blocks.text, blocks.paragraph, end);
  blocks.paragraph = null;
}

function addCodeSpans(ranges: TextRange[], text: string, start: number, end: number): void {
  const runs: TextRange[] = [];
  for (let at = text.indexOf('`', start); at !== -1 && at < end; ) {
    let runEnd = at + 1;
    while (text[runEnd] === '`') runEnd += 1;
    runs.push({ start: at, end: runEnd });
    at = text.indexOf('`', runEnd);
  }
  // The run that closes each: the next one of the same length. Of an escaped one, the first does not count.
  const nextOf = new Map<number, number>();
  const closing = runs.map(() => -1);
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const run = runs[index];
    if (run === undefined) continue;
    const length = run.end - run.start;
    const opening = isEscaped(text, run.start, start) ? length - 1 : length;
    closing[index] = opening === 0 ? -1 : (nextOf.get(opening) ?? -1);
    nextOf.set(length, index);
  }
  for (let index = 0; index < runs.length; index += 1) {
    const close = closing[index] ?? -1;
    const [from, to] = [runs[index], runs[close]];
    if (from === undefined || to === undefined) continue;
    ranges.push({ start: from.start, end: to.end });
    index = close;
  }
}

/** Whether an odd number of backslashes is in front. */
export function isEscaped(text: string, at: number, from = 0): boolean {
  let first = at;
  while (first > from && text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

const addressStart = /(?<=[a-z0-9+.-]):\/\/|(?<![\p{L}\p{N}.])www\./giu;
/** Ended by what is in no address as written: blanks, quotation marks, and East Asian text around it. */
const eastAsian = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}';
const addressEnd = new RegExp(`[\\s<>"\`“”«»\uff00-\uff60\u3000-\u303f${eastAsian}]`, 'u');

function webAddresses(text: string): TextRange[] {
  if (!text.includes('://') && !/www\./i.test(text)) return [];
  const ranges: TextRange[] = [];
  let reached = 0;
  for (const { index, 0: opening } of text.matchAll(addressStart)) {
    if (index < reached) continue;
    reached = index + opening.length;
    for (let depth = 0; reached < text.length; reached += 1) {
      const character = text.charAt(reached);
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      if (depth < 0 || addressEnd.test(character)) break;
    }
    ranges.push({ start: index, end: reached });
  }
  return ranges;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
