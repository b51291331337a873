import type { Token } from 'markdown-it';
import { encodeAddress, linkTarget } from './link-target.ts';
import type { Marks } from './mention-marks.ts';
import { type Alignment, type Block, type Cell, type Inline, type ListItem, plainText } from './tree.ts';

/** Emphasis within emphasis: the parser sets it no limit. Deeper markers stay text. */
export const inlineDepthMax = 12;

/** From the flat list of the parser's tokens. */
export function buildTree(tokens: readonly Token[], marks: Marks): Block[] {
  return blocksOf({ tokens, marks, at: 0 }, 'the end');
}

/** A place in the list of tokens. */
interface Reader {
  readonly tokens: readonly Token[];
  readonly marks: Marks;
  at: number;
}

function next(reader: Reader): Token | undefined {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  return token;
}

function blocksOf(reader: Reader, end: string): Block[] {
  const blocks: Block[] = [];
  for (let token = next(reader); token !== undefined && token.type !== end; token = next(reader)) {
    const block = blockOf(token, reader);
    if (block !== null) blocks.push(block);
  }
  return blocks;
}

function blockOf(token: Token, reader: Reader): Block | null {
  switch (token.type) {
    case 'paragraph_open':
      return { type: 'paragraph', tight: token.hidden, children: contentOf(reader) };
    case 'heading_open':
      return { type: 'heading', level: levelOf(token.tag), children: contentOf(reader) };
    case 'fence':
    case 'code_block':
      return {
        type: 'code-block',
        text: reader.marks.restore(token.content.replace(/\n$/, '')),
        language: reader.marks.restore(token.info.trim().split(/\s/, 1)[0] ?? ''),
      };
    case 'blockquote_open':
      return { type: 'quote', children: blocksOf(reader, 'blockquote_close') };
    case 'bullet_list_open':
      return { type: 'list', start: null, items: itemsOf(reader, 'bullet_list_close') };
    case 'ordered_list_open':
      return {
        type: 'list',
        start: Number(token.attrGet('start') ?? 1),
        items: itemsOf(reader, 'ordered_list_close'),
      };
    case 'table_open':
      return tableOf(reader);
    case 'hr':
      return { type: 'rule' };
    default:
      return null;
  }
}

/** Of a paragraph, heading or cell: one token with what is in it, and the one that closes it. */
function contentOf(reader: Reader): Inline[] {
  const content = next(reader);
  next(reader);
  return inlinesOf(content?.children ?? [], reader.marks);
}

function levelOf(tag: string): 1 | 2 | 3 | 4 | 5 | 6 {
  return Number(tag.slice(1)) as 1 | 2 | 3 | 4 | 5 | 6;
}

function itemsOf(reader: Reader, end: string): ListItem[] {
  const items: ListItem[] = [];
  for (let token = next(reader); token !== undefined && token.type !== end; token = next(reader)) {
    if (token.type === 'list_item_open') items.push(itemOf(blocksOf(reader, 'list_item_close')));
  }
  return items;
}

const box = /^\[([ xX])\][ \t\n]+(?=\S)/;

function itemOf(children: readonly Block[]): ListItem {
  const [paragraph, ...rest] = children;
  const [first, ...others] = paragraph?.type === 'paragraph' ? paragraph.children : [];
  const found = first?.type === 'text' ? box.exec(`${first.text}${others.length > 0 ? '.' : ''}`) : null;
  if (paragraph?.type !== 'paragraph' || first?.type !== 'text' || found === null) {
    return { checked: null, children };
  }
  const text = first.text.slice(found[0].length);
  const content = text === '' ? others : [{ ...first, text }, ...others];
  return { checked: found[1] !== ' ', children: [{ ...paragraph, children: content }, ...rest] };
}

function tableOf(reader: Reader): Block {
  const alignments: Alignment[] = [];
  const rows: Cell[][] = [];
  for (let token = next(reader); token !== undefined && token.type !== 'table_close'; token = next(reader)) {
    if (token.type === 'tr_open') rows.push([]);
    if (token.type !== 'th_open' && token.type !== 'td_open') continue;
    if (token.type === 'th_open') alignments.push(alignmentOf(token));
    rows.at(-1)?.push(contentOf(reader));
  }
  const [header = [], ...body] = rows;
  return { type: 'table', alignments, header, rows: body };
}

function alignmentOf(token: Token): Alignment {
  const style = /^text-align:(left|center|right)$/.exec(String(token.attrGet('style') ?? ''));
  return (style?.[1] ?? null) as Alignment;
}

/** A node whose end has not come yet. */
interface OpenNode {
  readonly isLink: boolean;
  readonly children: Inline[];
  readonly close: (children: readonly Inline[]) => readonly Inline[];
}

function inlinesOf(tokens: readonly Token[], marks: Marks): Inline[] {
  const content: Inline[] = [];
  const open: OpenNode[] = [];
  /** How the nodes that are too deep end, as text. */
  const tooDeep: string[] = [];
  const add = (...nodes: readonly Inline[]) => append(open.at(-1)?.children ?? content, nodes);
  for (const token of tokens) {
    if (token.nesting === 1 && open.length >= inlineDepthMax) {
      const [begin, end] = writtenOf(token, marks);
      tooDeep.push(end);
      add(...textOf(begin, marks));
    } else if (token.nesting === 1) {
      open.push({ isLink: token.type === 'link_open', children: [], close: closing(token, marks) });
    } else if (token.nesting === -1) {
      const written = tooDeep.pop();
      const node = written === undefined ? open.pop() : undefined;
      add(...(node === undefined ? textOf(written ?? '', marks) : node.close(node.children)));
    } else {
      add(...leafOf(token, marks, open));
    }
  }
  return content;
}

/** Text beside text becomes one node. */
function append(list: Inline[], nodes: readonly Inline[]): void {
  for (const node of nodes) {
    const last = list.at(-1);
    if (node.type === 'text' && last?.type === 'text') {
      list[list.length - 1] = { type: 'text', text: last.text + node.text };
    } else {
      list.push(node);
    }
  }
}

/** The markup around a node, as it could have been written. */
function writtenOf(token: Token, marks: Marks): [begin: string, end: string] {
  if (token.type !== 'link_open') return [token.markup, token.markup];
  if (token.info === 'auto') return ['', ''];
  return ['[', `](${marks.restore(hrefOf(token))})`];
}

function hrefOf(token: Token): string {
  return String(token.attrGet(token.type === 'image' ? 'src' : 'href') ?? '');
}

const spans = { strong_open: 'strong', em_open: 'emphasis', s_open: 'strikethrough' } as const;

function closing(token: Token, marks: Marks): OpenNode['close'] {
  if (token.type === 'link_open') return (children) => linkOf(marks.restore(hrefOf(token)), children);
  const type = spans[token.type as keyof typeof spans];
  return (children) => [{ type, children }];
}

function linkOf(href: string, children: readonly Inline[]): readonly Inline[] {
  const target = linkTarget(href);
  if (target === null) return children;
  if (target.kind === 'file') {
    return [{ type: 'file', path: target.path, line: target.line, children }];
  }
  return [{ type: 'link', href: encodeAddress(target.href), children }];
}

function leafOf(token: Token, marks: Marks, open: readonly OpenNode[]): readonly Inline[] {
  switch (token.type) {
    case 'code_inline':
      return [{ type: 'code', text: marks.restore(token.content) }];
    case 'hardbreak':
      return [{ type: 'break' }];
    case 'softbreak':
      return [{ type: 'text', text: '\n' }];
    case 'image':
      return imageOf(token, marks, open);
    default:
      return textOf(token.content, marks);
  }
}

/** Images are not loaded: who sends one would learn who reads it. They become links. */
function imageOf(token: Token, marks: Marks, open: readonly OpenNode[]): readonly Inline[] {
  const href = marks.restore(hrefOf(token));
  const described = plainText(inlinesOf(token.children ?? [], marks));
  const children: Inline[] = [{ type: 'text', text: described || href }];
  return open.some(({ isLink }) => isLink) ? children : linkOf(href, children);
}

/** Text with the mentions that are marked in it. */
export function textOf(text: string, marks: Marks): Inline[] {
  return marks
    .split(text)
    .map((part) => (typeof part === 'string' ? { type: 'text', text: part } : { type: 'mention', ...part }));
}
