import { lexer, type Token, type Tokens } from 'marked';

/**
 * Markdown as the HTML that Telegram knows (https://core.telegram.org/bots/api#html-style): it has no lists,
 * tables or headings, and refuses a message with any other tag.
 */
export function toTelegramHtml(markdown: string): string {
  return blocks(lexer(markdown)).trim();
}

/** Text in which nothing is markup. */
export function escapeHtml(text: string): string {
  return text
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

/** At most so many characters, cut at the end of a line if one is near, and saying so. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const head = text.slice(0, charsMax - 1);
  const line = head.lastIndexOf('\n');
  const kept = line > charsMax / 2 ? head.slice(0, line + 1) : head;
  return `${kept.toWellFormed()}…`;
}

/** A program or a diff as it is, in a language that Telegram may know. */
export function codeBlock(text: string, language?: string): string {
  const code = escapeHtml(text);
  if (language === undefined || !/^[\w+#-]{1,30}$/.test(language)) return `<pre>${code}</pre>`;
  return `<pre><code class="language-${language}">${code}</code></pre>`;
}

function blocks(tokens: readonly Token[], separator = '\n\n'): string {
  return tokens
    .map(block)
    .filter((html) => html !== '')
    .join(separator);
}

function block(token: Token): string {
  const known = token as Tokens.Generic;
  switch (known.type) {
    case 'space':
    case 'def':
      return '';
    case 'heading':
      return `<b>${inline(known.tokens ?? [])}</b>`;
    case 'code':
      return codeBlock((token as Tokens.Code).text, (token as Tokens.Code).lang?.split(/\s/)[0]);
    case 'blockquote':
      return `<blockquote>${blocks(known.tokens ?? [], '\n')}</blockquote>`;
    case 'list':
      return list(token as Tokens.List);
    case 'table':
      return table(token as Tokens.Table);
    case 'hr':
      return '———';
    case 'html':
      return escapeHtml(known.raw.trim());
    default:
      return known.tokens === undefined ? escapeHtml(known.raw) : inline(known.tokens);
  }
}

function list({ ordered, start, items }: Tokens.List): string {
  return items
    .map((item, index) => {
      const mark = ordered ? `${(start || 1) + index}.` : '•';
      const box = item.task ? (item.checked ? '☑ ' : '☐ ') : '';
      const content = blocks(
        item.tokens.filter(({ type }) => type !== 'checkbox'),
        '\n',
      );
      return `${mark} ${box}${content.replaceAll('\n', '\n   ')}`;
    })
    .join('\n');
}

/** As text in columns: a table of any width would break its lines on a phone anyway. */
function table({ header, rows }: Tokens.Table): string {
  const lines = [header, ...rows].map((cells) => cells.map(({ text }) => text));
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return codeBlock(
    lines
      .map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
      .map((line) => line.trimEnd())
      .join('\n'),
  );
}

function inline(tokens: readonly Token[]): string {
  return tokens.map(span).join('');
}

function span(token: Token): string {
  const known = token as Tokens.Generic;
  const inner = () => inline(known.tokens ?? []);
  switch (known.type) {
    case 'strong':
      return `<b>${inner()}</b>`;
    case 'em':
      return `<i>${inner()}</i>`;
    case 'del':
      return `<s>${inner()}</s>`;
    case 'codespan':
      return `<code>${escapeHtml((token as Tokens.Codespan).text)}</code>`;
    case 'br':
      return '\n';
    case 'link':
      return link((token as Tokens.Link).href, inner());
    case 'image':
      return link((token as Tokens.Image).href, escapeHtml((token as Tokens.Image).text || 'image'));
    case 'text':
      return known.tokens === undefined ? escapeHtml((token as Tokens.Text).text) : inner();
    case 'escape':
      return escapeHtml((token as Tokens.Escape).text);
    default:
      return escapeHtml(known.raw);
  }
}

/** Only where a browser may go; other links are no links. */
function link(href: string, html: string): string {
  return /^(https?|mailto):/i.test(href) ? `<a href="${escapeHtml(href)}">${html}</a>` : html;
}
