/**
 * Splits a command into words as a POSIX shell does with quotes and backslashes; nothing else means
 * anything.
 */
export function splitCommand(command: string): string[] {
  const words: string[] = [];
  const part = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(['"\\])/gs;
  let word: string | undefined;
  for (const [whole, single, double, escaped, plain, rest] of command.matchAll(part)) {
    if (whole.trim() === '' && single === undefined && double === undefined && escaped === undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const text = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? rest ?? '';
    word = (word ?? '') + text;
  }
  return word === undefined ? words : [...words, word];
}
