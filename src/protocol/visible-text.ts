/**
 * Text of which every character can be seen: what has no look of its own, or turns the direction of others,
 * stands as `\u{202e}`. A line end is `↵` and a line break, a tab is `⇥`. No two texts look alike by it: a
 * text that has these signs itself gets `\u{21b5}` for them, and `\u{5c}u{` for `\u{`.
 */
export function visibleText(text: string): string {
  return visible(text).replaceAll('\t', '⇥').replaceAll('\n', '↵\n');
}

/** The same of a diff, whose line ends and tabs stay as they are. */
export function visibleDiff(diff: string): string {
  return visible(diff);
}

/** The same in one line, for a summary. */
export function visibleLine(text: string): string {
  return visibleText(text).replaceAll('\n', ' ').replaceAll(/ +/g, ' ').trim();
}

/** Whether a text has nothing that can be seen: blanks, zero-width characters, fillers, empty patterns. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(text);
}

/** The form in which a title is kept: compatibility forms as plain characters, trimmed, single blanks. */
export function normaliseTitle(title: string): string {
  return title.normalize('NFKC').trim().replace(/\s+/gu, ' ');
}

/** What no title has. Joiners and the emoji selector, which some scripts and emoji need, may stand in one. */
const hidden = /(?!\u200c|\u200d|\ufe0f)[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether every character of a title can be seen, and none turns the direction of others. */
export function isShownTitle(title: string): boolean {
  return !isBlank(title) && !hidden.test(title);
}

/** Whether a text is one emoji that is recommended for general interchange. */
export function isEmoji(text: string): boolean {
  return /^\p{RGI_Emoji}$/v.test(text);
}

/** An emoji in the form in which emoji are drawn, if it has one. */
export function asEmoji(text: string): string {
  return isEmoji(`${text}\ufe0f`) ? `${text}\ufe0f` : text;
}

function visible(text: string): string {
  return text.replaceAll(unseen, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}

/**
 * Controls, format characters (bidirectional, zero-width, tags), separators but the plain space, halves of
 * characters, characters of private or no use, those that fonts ignore, the empty braille pattern, and the
 * signs of this notation.
 */
const unseen = /(?![\n\t ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]|[↵⇥]|\\(?=u\{)/gu;
