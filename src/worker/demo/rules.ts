/** What the demo agent understands: simple rules on the words of the request. */
export type DemoIntent =
  | { readonly kind: 'gradient'; readonly colours: readonly string[] }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'style'; readonly style: DemoStyle; readonly what: string }
  | { readonly kind: 'create'; readonly path: string; readonly content: string | null }
  | { readonly kind: 'test' }
  | { readonly kind: 'list' }
  | { readonly kind: 'describe'; readonly path: string }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'abilities' };

/** One declaration of a stylesheet. */
export interface DemoStyle {
  readonly selector: 'body' | 'h1';
  readonly property: string;
  readonly value: string;
}

/** A part of a request, with the file that it names, if any. */
export interface DemoStep {
  readonly intent: DemoIntent;
  readonly file: string | undefined;
}

export interface DemoReading {
  readonly steps: readonly DemoStep[];
  /** Parts that no rule fits. With any of them the request is not what the demo agent can do. */
  readonly unknown: readonly string[];
}

const waitSecondsMax = 3_600;
const colourPattern = new RegExp(
  '(?:#[0-9a-f]{6}|#[0-9a-f]{3})\\b|\\b(?:(?:light|dark)\\s?)?(?:' +
    'aqua|beige|black|blue|brown|coral|crimson|cyan|gold|gray|green|grey|indigo|ivory|khaki|lavender|lime|' +
    'magenta|maroon|navy|olive|orange|orchid|pink|plum|purple|red|salmon|sienna|silver|tan|teal|tomato|' +
    'turquoise|violet|wheat|white|yellow)\\b',
  'gi',
);
const filePattern = /(?<![\w/.:-])((?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.[a-z][a-z0-9]{0,5})\b/gi;

const quotedTitle = /\b(?:title|headline|name of the page)\b[^"'“«]*["“«](.+?)["”»]/is;
const titleTo =
  /\b(?:title|headline)\b.{0,40}?(?:\b(?:in)?to\b|\b(?:should|must) (?:be|say|read)\b|[:=])\s+(.+)$/is;
/** With these a rule would do the opposite of what is asked, or less. */
const opposite =
  /\b(?:don'?t|never|not|no|remove|delete|drop|without|undo|revert|get rid|less|except|unless|keep)\b/i;
/** Asks for an answer, not for a change. */
const question =
  /^(?:what|which|why|how|who|whose|where|when|is|are|was|were|does|do|did|has|have|should|may)\b/i;
const suggestion = /^(?:how about|what about|what if|do (?:the|a|an|some|it)\b)/i;
/** Without meaning for what is to be done. */
const filler =
  /^(?:\W|\b(?:hi|hello|hey|there|please|pls|thanks?|you|ok|okay|now|so|well|great|nice|good|cheers)\b)*$/i;

/** Files named in a text, in order, each once. Nothing absolute, nothing with `..`. */
function namedFiles(text: string): string[] {
  return [...new Set([...text.matchAll(filePattern)].map(([, path]) => path ?? ''))].filter(Boolean);
}

/** Reads a request part by part: all of it has to fit, or nothing of it is done. */
export function readRequest(request: string): DemoReading {
  const steps: DemoStep[] = [];
  const unknown: string[] = [];
  for (const part of partsOf(request)) {
    const files = namedFiles(part);
    const intent = understand(part);
    const last = steps.at(-1);
    if (intent !== null) steps.push({ intent, file: files[0] });
    // "... to a.html and b.html": the same once more.
    else if (last !== undefined && files[0] !== undefined && filler.test(part.replace(filePattern, '')))
      steps.push({ ...last, file: files[0] });
    else unknown.push(part);
  }
  // Looking at a file comes with changing it.
  const changing = steps.filter(({ intent }) => !['describe', 'list'].includes(intent.kind));
  return { steps: changing.length > 0 ? changing : steps, unknown };
}

function partsOf(request: string): string[] {
  const text = request.trim();
  // A text that is given with the request may hold anything.
  const first = understand(text);
  if (first?.kind === 'create' && first.content !== null) return [text];
  if (quotedTitle.test(text)) return [text];
  return text
    .split(/(?<=[.!?;])\s+|[;\n]+|,?\s+(?:and then|and also|and|then|also)\s+/i)
    .map((part) => part.replace(/[\s,;.!]+$/, '').trim())
    .filter((part) => !filler.test(part));
}

/** What one part of a request asks for; null when no rule fits. */
function understand(part: string): DemoIntent | null {
  const text = part.trim();
  const isQuestion = question.test(text) && !suggestion.test(text);
  const change = isQuestion ? null : readChange(text);
  return change ?? readLook(text, isQuestion);
}

function readChange(text: string): DemoIntent | null {
  const file = namedFiles(text)[0];
  const quoted = quotedTitle.exec(text);
  if (quoted?.[1]) return { kind: 'title', title: unquote(quoted[1]) };
  if (/\b(?:create|add|make|write|new|start)\b/i.test(text) && file) {
    const creates =
      /\bfile\b/i.test(text) || (/\b(?:create|write)\b/i.test(text) && coloursIn(text).length === 0);
    if (creates && !/\bgradient\b/i.test(text))
      return { kind: 'create', path: file, content: contentOf(text) };
  }
  if (opposite.test(text)) return null;
  if (/\bgradient\b/i.test(text)) return { kind: 'gradient', colours: coloursIn(text).slice(0, 2) };
  const style = readStyle(text);
  if (style !== null) return style;
  const title = titleTo.exec(text)?.[1];
  return title === undefined ? null : { kind: 'title', title: unquote(title) };
}

function readStyle(text: string): DemoIntent | null {
  const isHeading = /\b(?:headings?|headline|title|header|h1)\b/i.test(text);
  const colour = wantedColour(text);
  if (colour !== null) {
    if (isHeading) return styled('h1', 'color', colour, `a heading in ${colour}`);
    if (/\b(?:text|font|letters|words|writing)\b/i.test(text) && !/\bbackground\b/i.test(text))
      return styled('body', 'color', colour, `the text colour ${colour}`);
    if (/\b(?:colou?r|background|page|site|make|turn|paint|change|set|it|everything)\b/i.test(text))
      return styled('body', 'background', colour, `the background ${colour}`);
    return null;
  }
  const selector = isHeading ? 'h1' : 'body';
  const place = isHeading ? 'the heading' : 'the page';
  const space = /\b(margins?|padding|spacing|space)\b/i.exec(text)?.[1]?.toLowerCase();
  if (
    space !== undefined &&
    /\b(?:bigger|larger|more|wider|greater|increase|extra|add|some|a)\b/i.test(text)
  ) {
    const property = space === 'padding' ? 'padding' : 'margin';
    return styled(selector, property, '2rem', `a ${property} of 2rem around ${place}`);
  }
  if (isHeading && /\bcent(?:er|re)(?:ed|d)?\b/i.test(text))
    return styled('h1', 'text-align', 'center', 'a centred heading');
  return null;
}

function styled(selector: DemoStyle['selector'], property: string, value: string, what: string): DemoIntent {
  return { kind: 'style', style: { selector, property, value }, what };
}

function coloursIn(text: string): string[] {
  return [...text.matchAll(colourPattern)].map(([colour]) => colour.toLowerCase().replace(/\s/g, ''));
}

/** The colour that is asked for; null when there is none, or several and it is not clear which. */
function wantedColour(text: string): string | null {
  const colours = coloursIn(text);
  if (colours.length <= 1) return colours[0] ?? null;
  const after = /\b(?:to|with|into|in|by)\s+(?:a |the |some )?(.*)$/is.exec(text)?.[1] ?? '';
  const named = coloursIn(after);
  return named.length === 1 ? (named[0] ?? null) : null;
}

function readLook(text: string, isQuestion: boolean): DemoIntent | null {
  const file = namedFiles(text)[0];
  if (/\b(?:run|execute|start|do)\b.*\btests?\b|\btests? (?:pass|green|ok)|^tests?$/i.test(text))
    return { kind: 'test' };
  if (/\b(?:what (?:can|could|do) you (?:do|know|offer)|what are you able|help me|^help)\b/i.test(text))
    return { kind: 'abilities' };
  const looks = /\b(?:describe|show|explain|read|what|look|open|view|print|cat|contents?|summari[sz]e)\b/i;
  if (file && (looks.test(text) || isQuestion)) return { kind: 'describe', path: file };
  if (/\b(?:list|which|what|show)\b.*\b(?:files?|project|here)\b/i.test(text)) return { kind: 'list' };
  const wait = /\b(?:wait|sleep|pause)\b\D{0,20}(\d+)?\s*(minutes?|min\b|m\b)?/i.exec(text);
  if (wait === null || isQuestion) return null;
  const count = Number(wait[1] ?? 30) * (wait[2] ? 60 : 1);
  return { kind: 'wait', seconds: Math.min(count, waitSecondsMax) };
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
