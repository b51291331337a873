import { listNames } from '../lib/names.ts';

export function TypingLine({ typing }: { readonly typing: Readonly<Record<string, number>> }) {
  const names = Object.keys(typing);
  return (
    <div className="h-4 pt-1 pl-1 text-xs leading-none text-faint" aria-live="polite">
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
