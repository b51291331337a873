import { useState } from 'react';
import { Markdown } from '../room/markdown.tsx';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';

const foldedCharsMax = 700;
const foldedLinesMax = 12;

/** What an agent answered. A long answer is folded, so that the next request stays in sight. */
export function CardAnswer({ text }: { readonly text: string }) {
  const isLong = text.length > foldedCharsMax || text.split('\n', foldedLinesMax + 1).length > foldedLinesMax;
  const [open, setOpen] = useState(false);
  const folded = isLong && !open;
  return (
    <div className="border-t border-line px-3 py-1.5">
      <div
        data-folded={folded ? '' : undefined}
        className={classNames(
          folded && 'max-h-52 overflow-hidden [mask-image:linear-gradient(#000_75%,transparent)]',
        )}
      >
        <Markdown text={text} />
      </div>
      {isLong && (
        <Button
          look="quiet"
          size="small"
          aria-expanded={open}
          className="-ml-2"
          onClick={() => setOpen(!open)}
        >
          {open ? 'Show less' : 'Show all'}
        </Button>
      )}
    </div>
  );
}
