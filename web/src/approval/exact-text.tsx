import { useEffect, useRef } from 'react';

interface ExactTextProps {
  readonly text: string;
  /** The end of the text was on the screen. */
  readonly onSeen: (text: string) => void;
}

/** What would be done, to the letter. A long text scrolls in its box. */
export function ExactText({ text, onSeen }: ExactTextProps) {
  const end = useRef<HTMLSpanElement>(null);

  useEffect(() => {
    if (end.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) onSeen(text);
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [text, onSeen]);

  return (
    // A region that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section aria-label="Exactly" tabIndex={0} className={box}>
      <pre dir="ltr" className={code}>
        {text}
        <span ref={end} aria-hidden="true" className="inline-block h-3 w-px" />
      </pre>
    </section>
  );
}

const box = 'max-h-64 overflow-auto border-t border-line bg-sunken';
const code = 'px-3 py-2 font-mono text-[0.8125rem] leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]';
