import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { type ApprovalCard, limits } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { Button } from '../ui/button.tsx';

type Answer = 'once' | 'always' | 'deny';

/** The three ways to answer. What "always" means is said beside it. */
export function Answers({ approval }: { readonly approval: ApprovalCard }) {
  const { acts } = useLive();
  const may = useMay('approve');
  const online = useAppState((state) => state.link.kind === 'online');
  const [denying, setDenying] = useState(false);
  const [asked, setAsked] = useState(false);

  async function answer(how: Answer, sentence = '') {
    setAsked(true);
    await acts.answerApproval(approval.approval_id, how, sentence);
    setAsked(false);
  }

  if (!may) return <Waiting approval={approval} />;
  const busy = asked || !online;
  if (denying) {
    return <Denial busy={busy} onDeny={(why) => void answer('deny', why)} onBack={() => setDenying(false)} />;
  }
  return (
    <footer className="border-t border-line px-3 py-2">
      <div className="flex flex-wrap gap-2">
        <Button look="primary" size="small" disabled={busy} onClick={() => void answer('once')}>
          Allow once
        </Button>
        <Button
          size="small"
          disabled={busy}
          title={approval.always_means}
          onClick={() => void answer('always')}
        >
          Always in this task
        </Button>
        <Button look="danger" size="small" disabled={busy} onClick={() => setDenying(true)}>
          Deny…
        </Button>
      </div>
      <p className="mt-1.5 text-xs text-faint">
        <b className="font-medium">Always</b> allows {approval.always_means}.
      </p>
    </footer>
  );
}

interface DenialProps {
  readonly busy: boolean;
  readonly onDeny: (sentence: string) => void;
  readonly onBack: () => void;
}

/** A denial, with a sentence that the agent reads if one likes. */
function Denial({ busy, onDeny, onBack }: DenialProps) {
  const [sentence, setSentence] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => input.current?.focus(), []);

  function submit(event: FormEvent) {
    event.preventDefault();
    onDeny(sentence.trim());
  }

  return (
    <form onSubmit={submit} className="border-t border-line px-3 py-2">
      <label htmlFor={id} className="text-xs text-soft">
        What the agent reads with it, if you like
      </label>
      <div className="mt-1 flex flex-wrap gap-2">
        <input
          dir="auto"
          ref={input}
          id={id}
          value={sentence}
          maxLength={limits.approvalSentenceCharsMax}
          placeholder="Use npm ci instead"
          onChange={(event) => setSentence(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            onBack();
          }}
          className="h-7 min-w-40 flex-1 rounded-lg border border-line-strong bg-canvas px-2 text-sm"
        />
        <Button type="submit" look="danger" size="small" disabled={busy}>
          Deny
        </Button>
        <Button look="quiet" size="small" onClick={onBack}>
          Back
        </Button>
      </div>
    </form>
  );
}

/** For whoever may not answer: who may, and whether they are here. */
function Waiting({ approval: { approvers } }: { readonly approval: ApprovalCard }) {
  const connected = useAppState((state) => state.connected);
  const here = approvers.filter((name) => connected.includes(name));
  const text =
    approvers.length === 0
      ? 'Nobody in this conversation may answer.'
      : here.length > 0
        ? `Waits for ${here.join(', ')}.`
        : `Waits for ${approvers.join(', ')}; none of them is here now.`;
  return <p className="border-t border-line px-3 py-2 text-sm text-soft">{text}</p>;
}
