import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { limits } from '../../../src/protocol/index.ts';
import { replaceText } from '../lib/replace-text.ts';
import { classNames } from '../ui/class-names.ts';
import { MentionList } from './mention-list.tsx';
import { useMentions } from './use-mentions.ts';

/** The count is shown once this much of the limit is used. */
const countFrom = limits.textCharsMax * 0.9;

interface TextBoxProps {
  readonly input: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly onChange: (text: string) => void;
  /** Enter without Shift. */
  readonly onEnter: () => void;
  /** Other keys that the completion of mentions does not want. */
  readonly onKey?: (event: KeyboardEvent) => void;
  /** The id of what says more about it. */
  readonly describedBy?: string | undefined;
  readonly children: ReactNode;
}

/** Whether a text can be sent: there is some, and not too much. */
export function isSendable(text: string): boolean {
  return text.trim() !== '' && text.length <= limits.textCharsMax;
}

/** A box for a message: it grows with its text, completes mentions and says when there is too much. */
export function TextBox({
  input,
  text,
  label,
  placeholder,
  onChange,
  onEnter,
  onKey,
  describedBy,
  children,
}: TextBoxProps) {
  const [caret, setCaret] = useState(text.length);
  const nextCaret = useRef<number | null>(null);
  const listId = useId();

  const mentions = useMentions(text, caret, (completed) => {
    const box = input.current;
    if (box !== null && replaceText(box, completed.text)) {
      box.setSelectionRange(completed.caret, completed.caret);
      setCaret(completed.caret);
      return;
    }
    nextCaret.current = completed.caret;
    setCaret(completed.caret);
    onChange(completed.text);
  });

  // The caret goes where a completion wants it, and the box grows with the text.
  // biome-ignore lint/correctness/useExhaustiveDependencies: on every change of the text
  useLayoutEffect(() => {
    const box = input.current;
    if (!box) return;
    if (nextCaret.current !== null) {
      box.focus();
      box.setSelectionRange(nextCaret.current, nextCaret.current);
      nextCaret.current = null;
    }
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight}px`;
  }, [text]);

  function onKeyDown(event: KeyboardEvent) {
    if (mentions.onKeyDown(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      onEnter();
    } else onKey?.(event);
  }

  const over = text.length - limits.textCharsMax;
  return (
    <div className="relative">
      {mentions.open && <MentionList id={listId} mentions={mentions} />}
      <div
        className={classNames(
          'flex items-end gap-1 rounded-xl border border-line-strong bg-raised p-1.5 shadow-card',
          'focus-within:border-accent focus-within:ring-1 focus-within:ring-accent',
        )}
      >
        <textarea
          dir="auto"
          ref={input}
          rows={1}
          value={text}
          onChange={(event) => {
            setCaret(event.target.selectionStart);
            onChange(event.target.value);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={mentions.close}
          placeholder={placeholder}
          aria-label={label}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={mentions.open}
          aria-controls={mentions.open ? listId : undefined}
          aria-activedescendant={mentions.open ? `${listId}-${mentions.active}` : undefined}
          aria-describedby={describedBy}
          aria-invalid={over > 0}
          className={classNames(
            'max-h-[40dvh] min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2 py-1.5',
            'outline-none placeholder:text-faint',
          )}
        />
        {children}
      </div>
      {text.length >= countFrom && (
        <p
          role="status"
          className={classNames(
            'absolute right-14 -bottom-5 text-xs tabular-nums',
            over > 0 ? 'font-medium text-bad' : 'text-faint',
          )}
        >
          {over > 0
            ? `${over.toLocaleString()} characters too long`
            : `${text.length.toLocaleString()} of ${limits.textCharsMax.toLocaleString()}`}
        </p>
      )}
    </div>
  );
}
