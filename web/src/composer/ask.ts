/** What a draft says, and whether it begins with `/ask`: then agents only look and answer. */
export function readAsk(draft: string): { readonly text: string; readonly readOnly: boolean } {
  const match = /^\s*\/ask(?:\s+([\s\S]*))?$/i.exec(draft);
  return match === null ? { text: draft, readOnly: false } : { text: match[1] ?? '', readOnly: true };
}
