/** A field for a line of text. */
export const field =
  'h-9 w-full rounded-lg border border-line-strong bg-canvas px-3 text-sm -outline-offset-1 ' +
  'placeholder:text-faint';

/** What opens above the page: a menu, a picker. */
export const popup = 'z-50 animate-arrive rounded-xl border border-line-strong bg-raised p-1 shadow-float';

export const menuItem =
  'flex h-8 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 text-sm outline-none ' +
  'data-highlighted:bg-hover';
