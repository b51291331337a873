import type { DemoStyle } from './rules.ts';

/** The edits that the demo agent can make: pure functions from a file's old text to its new text. */

/** Sets a declaration in a stylesheet; adds the rule when there is none. */
function setInStylesheet(css: string, { selector, property, value }: DemoStyle): string {
  const rule = new RegExp(`(^|[\\s}])(${selector}\\s*\\{)([^}]*)(\\})`).exec(css);
  const declaration = `${property}: ${value};`;
  if (!rule)
    return `${css}${css === '' || css.endsWith('\n') ? '' : '\n'}${selector} {\n  ${declaration}\n}\n`;
  const [whole, before = '', head = '', declarations = '', end = ''] = rule;
  const next = before + head + replaceDeclaration(declarations, property, value) + end;
  return css.slice(0, rule.index) + next + css.slice(rule.index + whole.length);
}

/** The declarations of a rule with this one in the place of those that it replaces, else behind the last. */
function replaceDeclaration(declarations: string, property: string, value: string): string {
  // A shorthand replaces what its longhands say. A semicolon within parentheses separates nothing.
  const longhands: Readonly<Record<string, string>> = {
    background: '(-color|-image)?',
    margin: '(-.*)?',
    padding: '(-.*)?',
  };
  const replaced = new RegExp(`^${property}${longhands[property] ?? ''}$`);
  const parts = declarations.split(/;(?![^(]*\))/);
  const trailing = parts.at(-1)?.trim() === '' ? (parts.pop() ?? '') : '\n';
  const isReplaced = (part: string) => replaced.test(part.split(':', 1)[0]?.trim().toLowerCase() ?? '');
  const spaceOf = (part: string | undefined) => /^\s*/.exec(part ?? '')?.[0] ?? '';
  const place = parts.findIndex(isReplaced);
  const space = spaceOf(parts[place] ?? parts.at(-1)) || '\n  ';
  const declaration = `${space.includes('\n') ? space : '\n  '}${property}: ${value}`;
  const kept = parts.map((part, index) => (index === place ? declaration : isReplaced(part) ? null : part));
  const all = kept.filter((part) => part !== null).map((part) => part.trimEnd());
  if (place === -1) all.push(declaration);
  return `${all.join(';')};${trailing.includes('\n') ? trailing : '\n'}`;
}

/** The same in a page: in its first style element, or in a new one at the end of its head. */
function setInPage(html: string, style: DemoStyle): string {
  const element = /(<style[^>]*>)([\s\S]*?)(<\/style>)/i.exec(html);
  if (element) {
    const [whole, open = '', css = '', close = ''] = element;
    const next = `${open}${setInStylesheet(css, style)}${close}`;
    return html.slice(0, element.index) + next + html.slice(element.index + whole.length);
  }
  const end = /([ \t]*)<\/head>/i.exec(html) ?? /([ \t]*)<body/i.exec(html);
  const place = end?.index ?? /^\s*(?:<!doctype[^>]*>\s*)?(?:<html[^>]*>\s*)?/i.exec(html)?.[0].length ?? 0;
  const indent = end?.[1] ?? '';
  const inner = end ? `${indent}  ` : '';
  const lines = ['<style>', ...setInStylesheet('', style).trimEnd().split('\n'), '</style>'];
  const added = lines.map(
    (line, index) => inner + (index === 0 || index === lines.length - 1 ? '' : '  ') + line,
  );
  return `${html.slice(0, place)}${added.join('\n')}\n${html.slice(place)}`;
}

/** Sets a declaration in a page or stylesheet, told apart by the file's name. */
export function setStyle(path: string, text: string, style: DemoStyle): string {
  return path.endsWith('.css') ? setInStylesheet(text, style) : setInPage(text, style);
}

const defaultColours = ['#6366f1', '#ec4899'] as const;

/** Gives it a gradient for a background, in up to two colours that were asked for. */
export function addGradient(path: string, text: string, colours: readonly string[] = []): string {
  const [from, to] =
    colours.length === 1 ? [colours[0], '#ffffff'] : colours.length > 1 ? colours : defaultColours;
  const value = `linear-gradient(135deg, ${from} 0%, ${to} 100%)`;
  return setStyle(path, text, { selector: 'body', property: 'background', value });
}

/**
 * Sets the title of a page, and its first heading when that said the same; null when it has no title
 * element.
 */
export function setTitle(html: string, title: string): string | null {
  const element = /<title[^>]*>([\s\S]*?)<\/title>/i.exec(html);
  if (!element) return null;
  const safe = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const old = (element[1] ?? '').trim();
  const titled = html.replace(
    /(<title[^>]*>)[\s\S]*?(<\/title>)/i,
    (_, open: string, end: string) => open + safe + end,
  );
  return titled.replace(/(<h1[^>]*>)([\s\S]*?)(<\/h1>)/i, (whole, open: string, text: string, end: string) =>
    old !== '' && text.trim() === old ? open + safe + end : whole,
  );
}
