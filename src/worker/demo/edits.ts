/** The edits that the demo agent can make: pure functions from a file's old text to its new text. */

const gradient = 'linear-gradient(135deg, #6366f1 0%, #ec4899 100%)';

/** Sets a declaration of `body` in a stylesheet; adds the rule when there is none. */
export function setBodyDeclaration(css: string, property: 'background' | 'color', value: string): string {
  const rule = /(^|[\s}])(body\s*\{)([^}]*)(\})/.exec(css);
  if (!rule)
    return `${css}${css === '' || css.endsWith('\n') ? '' : '\n'}body {\n  ${property}: ${value};\n}\n`;
  const [whole, before = '', head = '', declarations = '', end = ''] = rule;
  // A shorthand replaces what its longhand says.
  const names = property === 'background' ? 'background(?:-color|-image)?' : 'color';
  const others = declarations
    .replace(new RegExp(`(^|[;\\s])[ \\t]*${names}\\s*:[^;}]*;?`, 'g'), '$1')
    .trimEnd();
  const closed = others.trim() === '' || others.endsWith(';') ? others : `${others};`;
  const next = `${before}${head}${closed}\n  ${property}: ${value};\n${end}`;
  return css.slice(0, rule.index) + next + css.slice(rule.index + whole.length);
}

/** The same in a page: in its first style element, or in a new one at the end of its head. */
export function setPageDeclaration(html: string, property: 'background' | 'color', value: string): string {
  const style = /(<style[^>]*>)([\s\S]*?)(<\/style>)/i.exec(html);
  if (style) {
    const [whole, open = '', css = '', close = ''] = style;
    const next = `${open}${setBodyDeclaration(css, property, value)}${close}`;
    return html.slice(0, style.index) + next + html.slice(style.index + whole.length);
  }
  const end = /([ \t]*)<\/head>/i.exec(html) ?? /([ \t]*)<body/i.exec(html);
  const place = end?.index ?? /^\s*(?:<!doctype[^>]*>\s*)?(?:<html[^>]*>\s*)?/i.exec(html)?.[0].length ?? 0;
  const indent = end?.[1] ?? '';
  const inner = end ? `${indent}  ` : '';
  const lines = ['<style>', ...setBodyDeclaration('', property, value).trimEnd().split('\n'), '</style>'];
  const added = lines.map(
    (line, index) => inner + (index === 0 || index === lines.length - 1 ? '' : '  ') + line,
  );
  return `${html.slice(0, place)}${added.join('\n')}\n${html.slice(place)}`;
}

/** Sets a declaration in a page or stylesheet, told apart by the file's name. */
export function setDeclaration(
  path: string,
  text: string,
  property: 'background' | 'color',
  value: string,
): string {
  return path.endsWith('.css')
    ? setBodyDeclaration(text, property, value)
    : setPageDeclaration(text, property, value);
}

export function addGradient(path: string, text: string): string {
  return setDeclaration(path, text, 'background', gradient);
}

/** Sets the title of a page, and its first heading when that said the same; null when it has no title element. */
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
