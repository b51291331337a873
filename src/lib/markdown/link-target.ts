import MarkdownParser from 'markdown-it';

/** What a link leads to. */
export type LinkTarget =
  | { readonly kind: 'address'; readonly href: string }
  | { readonly kind: 'file'; readonly path: string; readonly line: number | null };

/** A definition of a link may be used thousands of times: a longer address stays text. */
export const addressCharsMax = 2_048;

const address = /^(?:https?:\/\/|mailto:)/i;
const scheme = /^[a-z][a-z0-9+.-]*:/i;
/** `src/app.ts`, `index.html:12`, `index.html:12:5`, `src/app.ts#L10`, `src/app.ts#L10-L20`. */
const file = /^([^?#:]+?)(?::(\d{1,7})(?:[:-]\d{1,7})?|#L(\d{1,7})(?:C\d+)?(?:-L?\d+(?:C\d+)?)?)?$/;

/** Null: nothing that may be opened; such a link stays text. */
export function linkTarget(href: string): LinkTarget | null {
  if (href.length > addressCharsMax) return null;
  if (address.test(href)) return { kind: 'address', href };
  const [, written = '', colonLine, fragmentLine] = file.exec(href) ?? [];
  const path = decoded(written);
  if (!isFilePath(path)) return null;
  // "tel:1" is no file, "index.html:1" is one.
  if (scheme.test(href) && !/[./]/.test(path)) return null;
  const line = colonLine ?? fragmentLine;
  return { kind: 'file', path, line: line === undefined ? null : Number(line) };
}

/** Not upwards, not another server (`//host`), and with a name that a file has. */
function isFilePath(path: string): boolean {
  if (path === '' || /^[/\\]{2}|\p{C}|:/u.test(path)) return false;
  const parts = path.split(/[/\\]/);
  return !parts.includes('..') && /[^./\\\s]/.test(parts.at(-1) ?? '');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A percent sign that begins no escape is part of the name.
    return path;
  }
}

/** Its host in ASCII, and everything that is not allowed in an address escaped. */
export function encodeAddress(href: string): string {
  return encoder.normalizeLink(href);
}

const encoder = new MarkdownParser('zero');
