import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { type ApprovalCard, limits, type WayToAnswer, waysToAnswer } from '../../../src/protocol/index.ts';
import type { Acts } from '../live/acts.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { Button } from '../ui/button.tsx';

type How = Parameters<Acts['answerApproval']>[1];

interface AnswersProps {
  readonly approval: ApprovalCard;
  /** All that would be done was on the screen; what was not can only be denied. */
  readonly isSeen: boolean;
}

/** The ways to answer: those that the agent program offers. What "always" means is said beside them. */
export function Answers({ approval, isSeen }: AnswersProps) {
  const { acts } = useLive();
  const may = useMay('approve');
  const online = useAppState((state) => state.link.kind === 'online');
  /** How it is denied, while somebody writes the sentence. */
  const [denying, setDenying] = useState<How | null>(null);
  const [asked, setAsked] = useState(false);

  async function answer(how: How) {
    setAsked(true);
    await acts.answerApproval(approval.approval_id, how);
    setAsked(false);
  }

  if (!may) return <Waiting approval={approval} />;
  const busy = asked || !online;
  if (denying) {
    const deny = (sentence: string) => void answer({ ...denying, sentence });
    return <Denial busy={busy} onDeny={deny} onBack={() => setDenying(null)} />;
  }
  const ways = waysToAnswer(approval);
  return (
    <footer className="border-t border-line px-3 py-2">
      <div className="flex flex-wrap gap-2">
        {ways.map((way) => (
          <WayButton
            key={way.option_id ?? way.answer}
            way={way}
            busy={busy || (way.isAllowing && !isSeen)}
            title={way.answer === 'always' ? approval.always_means : undefined}
            onAnswer={(how) => (way.answer === 'deny' ? setDenying(how) : void answer(how))}
          />
        ))}
        {ways.every(({ isAllowing }) => isAllowing) && (
          <Button look="quiet" size="small" disabled={busy} onClick={() => setDenying({ answer: 'deny' })}>
            None of these…
          </Button>
        )}
      </div>
      {!isSeen && (
        <p role="status" className="mt-1.5 text-xs font-medium text-warn">
          Scroll the text above to its end before you allow it.
        </p>
      )}
      {ways.some((way) => way.answer === 'always') && (
        <p className="mt-1.5 text-xs text-faint">
          <b className="font-medium">Always</b> allows {approval.always_means}.
        </p>
      )}
    </footer>
  );
}

const usualWords = { once: 'Allow once', always: 'Always in this task', deny: 'Deny…' } as const;

interface WayButtonProps {
  readonly way: WayToAnswer;
  readonly busy: boolean;
  readonly title: string | undefined;
  readonly onAnswer: (how: How) => void;
}

function WayButton({ way: { answer, option_id, name, isAllowing }, busy, title, onAnswer }: WayButtonProps) {
  const look = answer === 'once' ? 'primary' : isAllowing ? 'plain' : 'danger';
  const how = answer === null ? { option_id: option_id ?? '' } : { answer };
  return (
    <Button look={look} size="small" disabled={busy} title={title} onClick={() => onAnswer(how)}>
      <bdi className="[overflow-wrap:anywhere]">{name ?? usualWords[answer ?? 'once']}</bdi>
    </Button>
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
  return (
    <p dir="auto" className="border-t border-line px-3 py-2 text-sm text-soft">
      {text}
    </p>
  );
}
