import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useComposerHandle } from '../composer/composer-handle.ts';
import { isSendable, TextBox } from '../composer/text-box.tsx';
import { useLive } from '../live/use-live.ts';
import type { Place } from '../state/place.ts';
import { Button } from '../ui/button.tsx';

interface MessageEditorProps {
  readonly message: ChatMessage;
  readonly place: Place;
}

/** Changes the text of a message in its place. Enter saves, Escape leaves it as it was. */
export function MessageEditor({ message, place }: MessageEditorProps) {
  const { acts, store } = useLive();
  const composer = useComposerHandle();
  const [text, setText] = useState(message.text);
  const [saving, setSaving] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    const box = input.current;
    box?.focus();
    box?.setSelectionRange(box.value.length, box.value.length);
    box?.scrollIntoView({ block: 'nearest' });
  }, []);

  function close() {
    store.dispatch({ type: 'editing_changed', editing: null });
    composer.focus(place);
  }

  async function save() {
    if (!isSendable(text) || saving) return;
    if (text.trim() === message.text) return close();
    setSaving(true);
    if (await acts.edit(message, text.trim())) close();
    setSaving(false);
  }

  function onKey(event: KeyboardEvent) {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
  }

  return (
    <div className="py-1" data-testid="message-editor">
      <TextBox
        input={input}
        text={text}
        label="Edit message"
        onChange={setText}
        onEnter={() => void save()}
        onKey={onKey}
      >
        <Button look="quiet" size="small" className="mb-1" onClick={close}>
          Cancel
        </Button>
        <Button
          look="primary"
          size="small"
          className="mb-1"
          disabled={!isSendable(text) || saving}
          onClick={() => void save()}
        >
          Save
        </Button>
      </TextBox>
    </div>
  );
}
