/**
 * Changes a text box as if it were typed, so that undo takes it back and what was typed before. Says whether
 * it could; the box tells of it by its usual event.
 */
export function replaceText(box: HTMLTextAreaElement, next: string): boolean {
  const before = box.value;
  const start = commonLength(before, next);
  const end = commonLength(reversed(before.slice(start)), reversed(next.slice(start)));
  const inserted = next.slice(start, next.length - end);
  box.focus();
  box.setSelectionRange(start, before.length - end);
  // Deprecated without a successor: nothing else keeps the history of a text box.
  return inserted === ''
    ? document.execCommand('delete')
    : document.execCommand('insertText', false, inserted);
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function reversed(text: string): string {
  return text.split('').reverse().join('');
}
