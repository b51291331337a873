import { listNames } from '../lib/names.ts';

export function TypingLine({ typing }: { readonly typing: Readonly<Record<string, number>> }) {
  const names = Object.keys(typing);
  return (
    <div className="max-w-1/2 shrink-0 truncate text-faint" aria-live="polite">
      {names.length > 0 && (
        <>
          <span className="font-medium text-soft">{listNames(names)}</span>
          {names.length === 1 ? ' is typing' : ' are typing'}
          <span aria-hidden="true" className="animate-breathe">
            …
          </span>
        </>
      )}
    </div>
  );
}
