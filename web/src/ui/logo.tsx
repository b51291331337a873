const bubble =
  'M9 2h14a7 7 0 0 1 7 7v10a7 7 0 0 1-7 7h-7.2l-6.3 4.6A1 1 0 0 1 8 29.8V26a7 7 0 0 1-6-7V9a7 7 0 0 1 7-7Z';

/** A speech bubble with a prompt in it: a chat that works. */
export function Logo({ className }: { readonly className: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={className}>
      <path className="fill-accent" d={bubble} />
      <path
        className="stroke-accent-ink"
        fill="none"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="m9.5 9.5 4.7 4.5-4.7 4.5M17 18.8h5.8"
      />
    </svg>
  );
}
