import { fileDetail } from '../lib/markdown/file-detail.ts';
import { encodeAddress } from '../lib/markdown/link-target.ts';
import { parseMarkdown } from '../lib/markdown/parse.ts';
import type { Block, Inline, Link, ListItem, Table } from '../lib/markdown/tree.ts';
import { type ChatMessage, isSameName } from '../protocol/index.ts';
import { clean } from './sanitise.ts';
import type { Style } from './style.ts';
import { textWidth } from './text.ts';

/**
 * Messages as text for a terminal: Markdown is read as on the page, and written without its markup. A link
 * is followed by its address. Mentions are exactly those that the server understood.
 */
export interface ReadableText {
  /** Clean of control characters and escape sequences. */
  readonly text: string;
  readonly marks: readonly Mark[];
}

interface Mark {
  readonly start: number;
  readonly end: number;
  /** Null: no mention, but strong text. */
  readonly member: string | null;
}

/** A part of a line; `member` as in a mark, undefined where the text is plain. */
interface Piece {
  readonly text: string;
  readonly member?: string | null;
}

type Line = readonly Piece[];

export function readableText({ text, entities }: Pick<ChatMessage, 'text' | 'entities'>): ReadableText {
  return joined(linesOfBlocks(parseMarkdown(text, entities)));
}

/** The same in one line. */
export function readableLine(message: Pick<ChatMessage, 'text' | 'entities'>): ReadableText {
  const lines = linesOfBlocks(parseMarkdown(message.text, message.entities));
  const isFilled = (line: Line) => line.some(({ text }) => text.trim() !== '');
  return joined([lines.filter(isFilled).flatMap((line, index) => (index === 0 ? line : [blank, ...line]))]);
}

/** Word by word, so that a line may break within a name. One's own name stands out. */
export function paintMarks({ text, marks }: ReadableText, style: Style, self: string): string {
  let painted = '';
  let from = 0;
  for (const { start, end, member } of marks) {
    const format = member !== null && isSameName(member, self) ? 'yellow' : 'bold';
    const name = text.slice(start, end).replace(/\S+/g, (word) => style.paint(format, word));
    painted += text.slice(from, start) + name;
    from = Math.max(from, end);
  }
  return painted + text.slice(from);
}

const blank: Piece = { text: ' ' };

function joined(lines: readonly Line[]): ReadableText {
  const marks: Mark[] = [];
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (index > 0) text += '\n';
    for (const piece of line) {
      const start = text.length;
      text += piece.text;
      if (piece.member !== undefined) marks.push({ start, end: text.length, member: piece.member });
    }
  }
  return { text, marks };
}

function linesOfBlocks(blocks: readonly Block[]): Line[] {
  return blocks.flatMap((block, index) => {
    const before = blocks[index - 1];
    const isApart = before !== undefined && standsApart(before, block);
    return isApart ? [[], ...linesOfBlock(block)] : linesOfBlock(block);
  });
}

/** A list, a quote or code follows its introduction without an empty line. */
function standsApart(before: Block, block: Block): boolean {
  if (before.type !== 'paragraph') return true;
  return block.type === 'paragraph' ? !block.tight : block.type === 'heading' || block.type === 'table';
}

function linesOfBlock(block: Block): Line[] {
  switch (block.type) {
    case 'paragraph':
      return linesOfInlines(block.children);
    case 'heading':
      return linesOfInlines(block.children, null);
    case 'code-block':
      return cleanLines(block.text).map((text) => [{ text: `  ${text}` }]);
    case 'quote':
      return linesOfBlocks(block.children).map((line) => [{ text: '> ' }, ...line]);
    case 'list':
      return block.items.flatMap((item, index) =>
        linesOfItem(item, block.start === null ? '• ' : `${block.start + index}. `),
      );
    case 'table':
      return linesOfTable(block);
    case 'rule':
      return [[{ text: '───' }]];
  }
}

function linesOfItem({ checked, children }: ListItem, bullet: string): Line[] {
  const mark = checked === null ? bullet : `${bullet}${checked ? '☑ ' : '☐ '}`;
  const lines = linesOfBlocks(children);
  const indent = ' '.repeat(bullet.length);
  const [first = [], ...rest] = lines;
  return [[{ text: mark }, ...first], ...rest.map((line) => [{ text: indent }, ...line])];
}

/** Of a column; a longer cell sticks out of it. */
const columnWidthMax = 30;

function linesOfTable({ header, rows }: Table): Line[] {
  const head = header.map((cell) => linesOfInlines(cell, null).flat());
  const body = rows.map((row) => row.map((cell) => linesOfInlines(cell).flat()));
  const widths = head.map((_, column) =>
    Math.min(columnWidthMax, Math.max(...[head, ...body].map((row) => widthOf(row[column] ?? [])))),
  );
  return [head, ...body].map((row) =>
    row.flatMap((cell, column) => {
      const fill = column === row.length - 1 ? 0 : Math.max(0, (widths[column] ?? 0) - widthOf(cell)) + 2;
      return [...cell, { text: ' '.repeat(fill) }];
    }),
  );
}

function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** `member`: null within strong text. */
function linesOfInlines(nodes: readonly Inline[], member?: null): Line[] {
  const lines: Piece[][] = [[]];
  for (const piece of piecesOf(nodes, member)) {
    const [first = '', ...rest] = cleanLines(piece.text);
    lines.at(-1)?.push({ ...piece, text: first });
    for (const text of rest) lines.push([{ ...piece, text }]);
  }
  return lines;
}

function piecesOf(nodes: readonly Inline[], member?: null): Piece[] {
  const plain = (text: string): Piece => (member === undefined ? { text } : { text, member });
  return nodes.flatMap((node) => {
    switch (node.type) {
      case 'text':
        return [plain(node.text)];
      case 'break':
        return [plain('\n')];
      case 'code':
        return [plain(`\`${node.text}\``)];
      case 'mention':
        return [{ text: node.text, member: node.member }];
      case 'strong':
        return piecesOf(node.children, null);
      case 'link':
        return [...piecesOf(node.children, member), plain(addressOf(node))];
      case 'file':
        return [...piecesOf(node.children, member), plain(fileDetail(node))];
      default:
        return piecesOf(node.children, member);
    }
  });
}

/** " (https://…)", unless the words of the link are its address. */
function addressOf({ href, children }: Link): string {
  const words = piecesOf(children)
    .map(({ text }) => text)
    .join('');
  const isWritten = ['', 'http://', 'mailto:'].some((scheme) => encodeAddress(scheme + words) === href);
  return isWritten ? '' : ` (${href})`;
}

function cleanLines(text: string): string[] {
  return clean(text).split('\n');
}
