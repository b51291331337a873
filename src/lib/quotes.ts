/** A text in quotation marks; its own double ones become single, so that the outer pair stays readable. */
export function inQuotes(text: string): string {
  const inner = text
    .replaceAll(/"([^"]*)"/g, '‘$1’')
    .replaceAll(/[“„]/g, '‘')
    .replaceAll('”', '’');
  return `“${inner}”`;
}
