import { type FormEvent, useId, useState } from 'react';
import { limits } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { Button } from '../ui/button.tsx';
import { FormFooter } from '../ui/form-footer.tsx';
import { field } from '../ui/looks.ts';
import { useView } from '../view.ts';

/** A new channel: its name, and whether only those who are invited see it. */
export function CreateChannelForm({ onDone }: { readonly onDone: () => void }) {
  const { client, store } = useLive();
  const { openConversation } = useView();
  const [title, setTitle] = useState('');
  const [isPrivate, setPrivate] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const wanted = title.trim().replace(/^#+/, '');

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!wanted) return;
    setBusy(true);
    try {
      const asked = { kind: 'channel', title: wanted, private: isPrivate } as const;
      const { conversation } = await client.request('create_conversation', asked);
      store.dispatch({ type: 'conversation_entered', conversation });
      onDone();
      openConversation(conversation.conversation_id);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="mt-5 space-y-4">
      <div>
        <label htmlFor={id} className="text-sm font-medium">
          Name
        </label>
        <input
          dir="auto"
          id={id}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          maxLength={limits.conversationTitleCharsMax}
          autoComplete="off"
          placeholder="design"
          className={`mt-1.5 ${field}`}
        />
      </div>
      <label className="flex cursor-pointer items-start gap-2.5 text-sm">
        <input
          dir="auto"
          type="checkbox"
          checked={isPrivate}
          onChange={(event) => setPrivate(event.target.checked)}
          className="mt-1 accent-accent"
        />
        <span>
          <span className="font-medium">Private</span>
          <span className="block text-xs text-faint">Only those who are invited know that it exists.</span>
        </span>
      </label>
      <FormFooter problem={problem} onCancel={onDone}>
        <Button type="submit" look="primary" disabled={!wanted || busy}>
          {busy ? 'Creating…' : 'Create'}
        </Button>
      </FormFooter>
    </form>
  );
}
