/** What the demo agent understands: simple rules on the words of the request. */
export type DemoIntent =
  | { readonly kind: 'gradient' }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'colour'; readonly colour: string; readonly property: 'background' | 'color' }
  | { readonly kind: 'create'; readonly path: string; readonly content: string | null }
  | { readonly kind: 'test' }
  | { readonly kind: 'list' }
  | { readonly kind: 'describe'; readonly path: string }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'help' };

const waitSecondsMax = 3_600;
const namedColours =
  'aqua|beige|black|blue|brown|coral|crimson|cyan|gold|gray|green|grey|indigo|ivory|khaki|lavender|lime|' +
  'magenta|maroon|navy|olive|orange|orchid|pink|plum|purple|red|salmon|sienna|silver|tan|teal|tomato|' +
  'turquoise|violet|white|yellow';
const colourPattern = new RegExp(
  `(#[0-9a-f]{6}\\b|#[0-9a-f]{3}\\b|\\b(?:(?:light|dark)(?:${namedColours})|${namedColours})\\b)`,
  'i',
);
const filePattern = /(?<![\w/.:-])((?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.[a-z][a-z0-9]{0,5})\b/gi;

const titleTo = /\btitle\b.{0,40}?\bto\b\s+(.+)$/is;
const quotedTitle = /\btitle\b[^"'“«]*["“«](.+?)["”»]/is;

/** Files named in the request, in order, each once. Nothing absolute, nothing with `..`. */
export function namedFiles(request: string): string[] {
  return [...new Set([...request.matchAll(filePattern)].map(([, path]) => path ?? ''))].filter(Boolean);
}

export function understand(request: string): DemoIntent {
  const text = request.trim();
  const file = namedFiles(text)[0];
  if (/\bgradient\b/i.test(text)) return { kind: 'gradient' };
  const title = titleTo.exec(text) ?? quotedTitle.exec(text);
  if (title?.[1]) return { kind: 'title', title: unquote(title[1]) };
  if (/\b(?:create|add|make|write|new)\b[^.]*\bfile\b/i.test(text) && file) {
    return { kind: 'create', path: file, content: contentOf(text) };
  }
  if (/\b(?:create|make|write)\b/i.test(text) && file && !colourPattern.test(text)) {
    return { kind: 'create', path: file, content: contentOf(text) };
  }
  const colour = colourPattern.exec(text)?.[1];
  if (colour && /\b(?:colou?r|background|make|turn|paint|change|set)\b/i.test(text)) {
    const property = /\b(?:text|font|letters|heading)\b/i.test(text) ? 'color' : 'background';
    return { kind: 'colour', colour: colour.toLowerCase(), property };
  }
  if (/\b(?:run|execute|start|do)\b.*\btests?\b|\btests? (?:pass|green|ok)|^tests?$/i.test(text))
    return { kind: 'test' };
  if (file && /\b(?:describe|show|explain|read|what|look)\b/i.test(text))
    return { kind: 'describe', path: file };
  if (/\b(?:list|which|what|show)\b.*\b(?:files?|project|here)\b/i.test(text)) return { kind: 'list' };
  const wait = /\b(?:wait|sleep|pause)\b\D{0,20}(\d+)?\s*(minutes?|min\b|m\b)?/i.exec(text);
  if (wait) {
    const count = Number(wait[1] ?? 30) * (wait[2] ? 60 : 1);
    return { kind: 'wait', seconds: Math.min(count, waitSecondsMax) };
  }
  return { kind: 'help' };
}

function contentOf(text: string): string | null {
  const found =
    /\b(?:with|containing|saying|that says)\b(?:\s+(?:the\s+)?(?:content|text|words?))?:?\s+(.+)$/is.exec(
      text,
    );
  return found?.[1] ? unquote(found[1]) : null;
}

function unquote(text: string): string {
  const trimmed = text.trim();
  const quoted = /^["'“«](.*?)["'”»]/s.exec(trimmed);
  return (quoted?.[1] ?? trimmed.replace(/[.!]+$/, '')).trim();
}

/** Whether the demo agent has a rule for a request. */
export function isKnownToDemo(request: string): boolean {
  return understand(request).kind !== 'help';
}
