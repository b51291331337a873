import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { limits } from '../../../src/protocol/index.ts';
import { mentionFirst } from '../lib/mention-query.ts';
import { readDraft, writeDraft } from '../live/drafts.ts';
import { useLive } from '../live/use-live.ts';
import { classNames } from '../ui/class-names.ts';
import { useComposerHandle } from './composer-handle.ts';
import { MentionList } from './mention-list.tsx';
import { useMentions } from './use-mentions.ts';
import { useTypingSignal } from './use-typing-signal.ts';

/** The count is shown once this much of the limit is used. */
const countFrom = limits.textCharsMax * 0.9;

export function Composer({ conversationId }: { readonly conversationId: string }) {
  const { outbox } = useLive();
  const handle = useComposerHandle();
  const [text, setText] = useState(() => readDraft(conversationId));
  const [caret, setCaret] = useState(text.length);
  const input = useRef<HTMLTextAreaElement>(null);
  const nextCaret = useRef<number | null>(null);
  const listId = useId();
  const signal = useTypingSignal(conversationId);

  function change(next: string, caretAt: number) {
    setText(next);
    setCaret(caretAt);
    writeDraft(conversationId, next);
    signal(next.trim() !== '');
  }

  const mentions = useMentions(text, caret, (completed) => {
    nextCaret.current = completed.caret;
    change(completed.text, completed.caret);
  });

  useEffect(
    () =>
      handle.onMention((name) => {
        setText((draft) => {
          const next = mentionFirst(draft, name);
          nextCaret.current = next.length;
          setCaret(next.length);
          writeDraft(conversationId, next);
          return next;
        });
        // After a dialog that closes has given the focus back.
        requestAnimationFrame(() => input.current?.focus());
      }),
    [handle, conversationId],
  );

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

  const over = text.length - limits.textCharsMax;
  const sendable = text.trim() !== '' && over <= 0;

  function send() {
    if (!sendable) return;
    outbox.send(conversationId, text.trim());
    change('', 0);
    input.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (mentions.onKeyDown(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  }

  return (
    <div className="relative" data-testid="message-input">
      {mentions.open && <MentionList id={listId} mentions={mentions} />}
      <div
        className={classNames(
          'flex items-end gap-1 rounded-xl border border-line-strong bg-raised p-1.5 shadow-card',
          'focus-within:border-accent focus-within:ring-1 focus-within:ring-accent',
        )}
      >
        <textarea
          ref={input}
          rows={1}
          value={text}
          onChange={(event) => change(event.target.value, event.target.selectionStart)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={mentions.close}
          placeholder={`Message ${conversationId}, @ mentions an agent`}
          aria-label={`Message ${conversationId}`}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={mentions.open}
          aria-controls={mentions.open ? listId : undefined}
          aria-activedescendant={mentions.open ? `${listId}-${mentions.active}` : undefined}
          aria-invalid={over > 0}
          className={classNames(
            'max-h-[40dvh] min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2 py-1.5',
            'outline-none placeholder:text-faint',
          )}
        />
        <button
          type="button"
          onClick={send}
          disabled={!sendable}
          aria-label="Send"
          title="Send (Enter). Shift+Enter begins a new line."
          className={classNames(
            'grid size-9 shrink-0 place-items-center rounded-lg bg-accent text-accent-ink',
            'transition-colors hover:bg-accent-strong disabled:bg-transparent disabled:text-faint',
          )}
        >
          <SendHorizontal aria-hidden="true" className="size-4.5" />
        </button>
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
