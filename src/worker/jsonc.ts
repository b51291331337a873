/** Parses JSON that may have comments and trailing commas. Throws a SyntaxError as JSON.parse does. */
export function parseJsonc(text: string): unknown {
  let json = '';
  for (const [part] of text.replace(/^\uFEFF/, '').matchAll(tokens)) {
    if (part.startsWith('//') || part.startsWith('/*')) continue;
    if (part === '}' || part === ']') json = json.replace(/,\s*$/, '');
    json += part;
  }
  return JSON.parse(json);
}

/** Strings and comments as a whole, then brackets, then runs of anything else. */
const tokens = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[}\]]|[^"/}\]]+|[\s\S]/g;
