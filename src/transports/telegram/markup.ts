import { fileDetail } from '../../lib/markdown/file-detail.ts';
import type { MentionSpan } from '../../lib/markdown/mention-marks.ts';
import { parseMarkdown } from '../../lib/markdown/parse.ts';
import { type Block, type Inline, type List, plainText, type Table } from '../../lib/markdown/tree.ts';

/**
 * Markdown as the HTML that Telegram knows (https://core.telegram.org/bots/api#html-style): it has no lists,
 * tables or headings, no quotes within quotes, and refuses a message with any other tag. Nothing in a mention
 * is markup.
 */
export function toTelegramHtml(markdown: string, mentions: readonly MentionSpan[] = []): string {
  return blocks(parseMarkdown(markdown, mentions), { isQuoted: false }).trim();
}

/** Text in which nothing is markup. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\0', '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The same text without its tags, which Telegram takes whatever is in it. */
export function withoutTags(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

/** A longer run of marks on one letter is cut within it. */
const graphemeCharsMax = 64;

/**
 * At most so many characters, cut at the end of a line if one is near, never within what readers see as one
 * character, and ending in an ellipsis.
 */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const end = characterStart(text, charsMax - 1);
  const head = text.slice(0, end);
  const line = head.lastIndexOf('\n');
  const kept = line > charsMax / 2 ? head.slice(0, line + 1) : head;
  return `${kept.toWellFormed()}…`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Where the character begins that contains this place. */
function characterStart(text: string, place: number): number {
  const from = Math.max(0, place - graphemeCharsMax);
  const { index = 0 } =
    graphemes.segment(text.slice(from, place + graphemeCharsMax)).containing(place - from) ?? {};
  if (index > 0 || from === 0) return from + index;
  return isSecondHalf(text, place) ? place - 1 : place;
}

function isSecondHalf(text: string, place: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(place - 1, place + 1));
}

/** A program or a diff as it is, in a language that Telegram may know. */
export function codeBlock(text: string, language = ''): string {
  const code = escapeHtml(text);
  if (!/^[\w+#-]{1,30}$/.test(language)) return `<pre>${code}</pre>`;
  return `<pre><code class="language-${language}">${code}</code></pre>`;
}

/** What is around a block. */
interface Around {
  readonly isQuoted: boolean;
}

function blocks(all: readonly Block[], around: Around, separator = '\n\n'): string {
  return all
    .map((each) => block(each, around))
    .filter((html) => html !== '')
    .join(separator);
}

function block(node: Block, around: Around): string {
  switch (node.type) {
    case 'paragraph':
      return inline(node.children);
    case 'heading':
      return `<b>${inline(node.children)}</b>`;
    case 'code-block':
      return codeBlock(node.text, node.language);
    case 'quote': {
      const inner = blocks(node.children, { isQuoted: true }, '\n');
      return around.isQuoted
        ? `&gt; ${inner.replaceAll('\n', '\n&gt; ')}`
        : `<blockquote>${inner}</blockquote>`;
    }
    case 'list':
      return list(node, around);
    case 'table':
      return table(node);
    case 'rule':
      return '———';
  }
}

function list({ start, items }: List, around: Around): string {
  return items
    .map(({ checked, children }, index) => {
      const mark = start === null ? '•' : `${start + index}.`;
      const box = checked === null ? '' : checked ? '☑ ' : '☐ ';
      return `${mark} ${box}${blocks(children, around, '\n').replaceAll('\n', '\n   ')}`;
    })
    .join('\n');
}

/** Of a column; a longer cell sticks out of it. */
const columnCharsMax = 30;

/** As text in columns: a table of any width would break its lines on a phone anyway. */
function table({ header, rows }: Table): string {
  const lines = [header, ...rows].map((cells) => cells.map(plainText));
  const widths = header.map((_, column) =>
    Math.min(columnCharsMax, Math.max(...lines.map((cells) => cells[column]?.length ?? 0))),
  );
  return codeBlock(
    lines
      .map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
      .map((line) => line.trimEnd())
      .join('\n'),
  );
}

function inline(nodes: readonly Inline[]): string {
  return nodes.map(span).join('');
}

const spanTags = { strong: 'b', emphasis: 'i', strikethrough: 's' } as const;

function span(node: Inline): string {
  switch (node.type) {
    case 'text':
    case 'mention':
      return escapeHtml(node.text);
    case 'break':
      return '\n';
    case 'code':
      return `<code>${escapeHtml(node.text)}</code>`;
    case 'link':
      return `<a href="${escapeHtml(node.href)}">${inline(node.children)}</a>`;
    case 'file':
      return inline(node.children) + escapeHtml(fileDetail(node));
    default: {
      const tag = spanTags[node.type];
      return `<${tag}>${inline(node.children)}</${tag}>`;
    }
  }
}
