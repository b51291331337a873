import { type KeyboardEvent, useRef, useState } from 'react';
import { field } from '../ui/looks.ts';
import { findEmojis } from './emojis.ts';

/** A few dozen emojis, found by a word; arrow keys and Enter choose. */
export function EmojiPicker({ onPick }: { readonly onPick: (emoji: string) => void }) {
  const [typed, setTyped] = useState('');
  const grid = useRef<HTMLDivElement>(null);
  const found = findEmojis(typed);

  function onKeyDown(event: KeyboardEvent) {
    const buttons = [...(grid.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (at === -1) {
      if (event.key === 'Enter' && found[0]) onPick(found[0].emoji);
      else if (event.key === 'ArrowDown') buttons[0]?.focus();
      else return;
    } else if (step !== undefined) buttons[Math.max(0, Math.min(at + step, buttons.length - 1))]?.focus();
    else return;
    event.preventDefault();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that the field and the buttons in it share
    <div className="w-72 max-w-full" onKeyDown={onKeyDown}>
      <input
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder="Find a reaction"
        aria-label="Find a reaction"
        className={field}
      />
      <div ref={grid} className="mt-1.5 grid max-h-48 grid-cols-8 overflow-y-auto">
        {found.map(({ emoji, words }) => (
          <button
            key={emoji}
            type="button"
            aria-label={words}
            title={words}
            onClick={() => onPick(emoji)}
            className="grid aspect-square place-items-center rounded-lg text-lg hover:bg-hover"
          >
            {emoji}
          </button>
        ))}
      </div>
      {found.length === 0 && <p className="px-1 py-2 text-sm text-faint">Nothing is called so.</p>}
    </div>
  );
}
