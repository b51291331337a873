import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { mentionFirst } from '../lib/mention-query.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { emptyRoom } from '../state/app-state.ts';
import { lastEditable } from '../state/editable.ts';
import { mentionableNames } from '../state/mentionable.ts';
import { type Place, placeKey } from '../state/place.ts';
import { classNames } from '../ui/class-names.ts';
import { useComposerHandle } from './composer-handle.ts';
import { DraftHint } from './draft-hint.tsx';
import { ReadOnlySwitch } from './read-only-switch.tsx';
import { SteerChoice } from './steer-choice.tsx';
import { TextBox } from './text-box.tsx';
import { useTarget } from './use-target.ts';
import { useTypingSignal } from './use-typing-signal.ts';

interface ComposerProps {
  readonly place: Place;
  /** What it writes to, as in "Message #main". */
  readonly label: string;
  readonly placeholder: string;
  /** Stands in the line below the box. */
  readonly aside?: ReactNode;
}

/** Where one writes, if one may. */
export function Composer(props: ComposerProps) {
  const role = useAppState(({ self }) => self.role);
  const known = useAppState(({ permissions }) => permissions !== null);
  const mayPost = useMay('post');
  // While the page connects one may begin to write.
  if (mayPost || !known) return <WritingBox {...props} />;
  return (
    <>
      <p className="rounded-xl border border-line bg-rail px-4 py-2.5 text-sm text-soft">
        You may read here. As {role} you cannot write; an admin can give you another role.
      </p>
      <LineBelow>{props.aside}</LineBelow>
    </>
  );
}

/** Keeps its height, so that nothing moves while one types. */
function LineBelow({ children }: { readonly children: ReactNode }) {
  return (
    <div data-testid="below-composer" className="mt-1 flex h-4 justify-between gap-3 px-1 text-xs leading-4">
      {children}
    </div>
  );
}

/** Its draft is kept; ArrowUp in an empty one changes the last thing one said. */
function WritingBox({ place, label, placeholder, aside }: ComposerProps) {
  const { outbox, drafts, store, history } = useLive();
  const handle = useComposerHandle();
  const [text, setText] = useState(() => drafts.read(place));
  const input = useRef<HTMLTextAreaElement>(null);
  const signal = useTypingSignal(place.conversation_id);
  const isMain = place.thread_id === null;
  const target = useTarget(place, text);
  const { steering, tells, choice, readOnly } = target;
  const hintId = useId();

  function change(next: string) {
    setText(next);
    drafts.write(place, next);
    signal(next.trim() !== '');
  }

  useEffect(() => {
    // Fingers would get a keyboard over what they came to read.
    if (window.matchMedia('(pointer: fine)').matches) input.current?.focus();
  }, []);

  // A window that was asleep for long may find that its draft went to another.
  useEffect(
    () => drafts.onTaken(place, (taken) => setText((now) => (now === taken ? '' : now))),
    [drafts, place],
  );

  useEffect(() => {
    return handle.attach(place, {
      focus: () => input.current?.focus(),
      mention(name) {
        setText((draft) => {
          const next = mentionFirst(draft, name, mentionableNames(store.get().members));
          drafts.write(place, next);
          return next;
        });
        // After a dialog that closes has given the focus back.
        requestAnimationFrame(() => {
          const box = input.current;
          box?.focus();
          box?.setSelectionRange(box.value.length, box.value.length);
        });
      },
    });
  }, [handle, drafts, store, place]);

  async function send() {
    if (!target.sendable) return;
    if (tells === null) outbox.send(place, target.text.trim(), readOnly);
    else if (!(await tells.tell())) return;
    if (store.get().rooms[placeKey(place)]?.hasNewer) void history.toNewest(place);
    // Nothing is lost of what was typed while it was told.
    if ((input.current?.value ?? text) === text) change('');
    target.sent();
    input.current?.focus();
  }

  function onKey(event: KeyboardEvent) {
    if (event.key !== 'ArrowUp' || text !== '') return;
    const { rooms, self } = store.get();
    const last = lastEditable(rooms[placeKey(place)] ?? emptyRoom, self.user_id);
    if (!last) return;
    event.preventDefault();
    store.dispatch({ type: 'editing_changed', editing: { place, message_id: last.id } });
  }

  return (
    <div data-testid={isMain ? 'message-input' : 'thread-input'} className="relative">
      {steering && <SteerChoice id={hintId} steering={steering} onChosen={() => input.current?.focus()} />}
      <TextBox
        input={input}
        text={text}
        label={label}
        placeholder={placeholder}
        onChange={change}
        onEnter={() => void send()}
        describedBy={steering ? hintId : undefined}
        onKey={onKey}
      >
        {choice && (
          <ReadOnlySwitch
            on={readOnly}
            fixed={choice.fixed}
            onChange={(on) => {
              choice.choose(on);
              input.current?.focus();
            }}
          />
        )}
        <button
          type="button"
          onClick={() => void send()}
          disabled={!target.sendable}
          aria-label={tells === null ? 'Send' : `Tell ${tells.task.agent_name}`}
          title="Send (Enter). Shift+Enter begins a new line."
          className={classNames(
            'grid size-9 shrink-0 place-items-center rounded-lg bg-accent text-accent-ink',
            'transition-colors hover:bg-accent-strong disabled:bg-transparent disabled:text-faint',
          )}
        >
          <SendHorizontal aria-hidden="true" className="size-4.5" />
        </button>
      </TextBox>
      <LineBelow>
        <DraftHint text={text} target={target} />
        {aside}
      </LineBelow>
    </div>
  );
}
