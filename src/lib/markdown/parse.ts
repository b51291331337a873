import { buildTree, textOf } from './build-tree.ts';
import { type MentionSpan, markMentions } from './mention-marks.ts';
import { createParser } from './parser.ts';
import { type Block, countNodes, plainText } from './tree.ts';

/** A longer text, or one that is made of more parts, is shown without formatting. */
export const formattedCharsMax = 65_536;
export const nodesMax = 4_000;

const parser = createParser();

/**
 * Reads Markdown. `mentions` says which parts of the text are mentions; those that stand in code stay text.
 * Never throws: the result is plain text where nothing else can be made of it, and a text that has anything
 * to show is never empty.
 */
export function parseMarkdown(text: string, mentions: readonly MentionSpan[] = []): Block[] {
  const marked = markMentions(text, mentions);
  if (text.length > formattedCharsMax) return asWritten(marked);
  const blocks = buildTree(parser.parse(marked.text, {}), marked.marks);
  const isFormatted = blocks.some(showsSomething) && countNodes(blocks) <= nodesMax;
  return isFormatted ? blocks : asWritten(marked);
}

/** One paragraph, in which nothing but mentions is marked up. */
function asWritten({ text, marks }: ReturnType<typeof markMentions>): Block[] {
  if (text.trim() === '') return [];
  return [{ type: 'paragraph', tight: false, children: textOf(text, marks) }];
}

/** A lone "#" is a heading without words, and a definition of a link is nothing at all. */
function showsSomething(block: Block): boolean {
  switch (block.type) {
    case 'rule':
    case 'table':
      return true;
    case 'code-block':
      return block.text.trim() !== '';
    case 'quote':
      return block.children.some(showsSomething);
    case 'list':
      return block.items.some(({ children }) => children.some(showsSomething));
    default:
      return plainText(block.children).trim() !== '';
  }
}
