import { CircleCheck, LifeBuoy } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { type HelpCard as Card, limits } from '../../../src/protocol/index.ts';
import { clockTime, fullTime } from '../lib/time.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { latestOf } from '../state/help-state.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';

/** What an agent is stuck at, who was asked, what was answered, and a line to help it. */
export function HelpCard({ card }: { readonly card: Card }) {
  const help = useAppState((state) => latestOf(state, card));
  const open = help.status === 'open';
  return (
    <section
      aria-label={`${help.agent_name} is stuck`}
      data-help={help.help_request_id}
      data-status={help.status}
      className={classNames(
        'mt-1 mb-1 overflow-hidden rounded-xl border bg-raised shadow-card',
        open ? 'border-stuck/55' : 'border-line',
      )}
    >
      <header className="flex min-h-9 flex-wrap items-center gap-x-2 px-3 py-1.5 text-sm">
        <LifeBuoy aria-hidden="true" className={classNames('size-4', open ? 'text-stuck' : 'text-faint')} />
        <span className="font-medium">
          <bdi className="font-mono font-semibold">{help.agent_name}</bdi>{' '}
          {open ? 'is stuck and needs help' : 'was stuck'}
        </span>
      </header>
      <div className="space-y-1 border-t border-line px-3 py-2 text-sm [overflow-wrap:anywhere]">
        <p dir="auto">{help.issue}</p>
        <p className="text-xs text-soft">
          So far: <bdi>{help.progress}</bdi>
        </p>
        <p className="text-xs text-soft">{asked(help)}</p>
      </div>
      <Answers help={help} />
      {open && <HelpForm help={help} />}
      {help.status === 'closed' && (
        <p className="border-t border-line px-3 py-1.5 text-sm text-soft">It needs no help any more.</p>
      )}
    </section>
  );
}

function asked({ helpers, escalated_at }: Card): string {
  const names = helpers.map(({ name, fits }) => (fits.length > 0 ? `${name} (${fits.join(', ')})` : name));
  const whom = names.length === 0 ? 'Nobody in particular was asked.' : `Asked: ${names.join(', ')}.`;
  return escalated_at === null ? whom : `${whom} Nobody answered in time.`;
}

function Answers({ help: { answers } }: { readonly help: Card }) {
  if (answers.length === 0) return null;
  return (
    <ul className="border-t border-line px-3 py-1.5 text-sm">
      {answers.map(({ by, text, at }) => (
        <li key={`${by} ${at}`} className="flex gap-2 [overflow-wrap:anywhere]">
          <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ok" />
          <span className="flex-1">
            <bdi className="font-medium">{by}</bdi> <bdi>{text}</bdi>
          </span>
          <time dateTime={at} title={fullTime(at)} className="text-xs text-faint">
            {clockTime(at)}
          </time>
        </li>
      ))}
    </ul>
  );
}

function HelpForm({ help: { help_request_id, agent_name } }: { readonly help: Card }) {
  const { acts } = useLive();
  const may = useMay('assign');
  const online = useAppState((state) => state.link.kind === 'online');
  const [text, setText] = useState('');
  const [telling, setTelling] = useState(false);
  const id = useId();

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (text.trim() === '' || telling) return;
    setTelling(true);
    if (await acts.answerHelp(help_request_id, text)) setText('');
    setTelling(false);
  }

  if (!may) return null;
  return (
    <form onSubmit={submit} className="flex flex-wrap gap-2 border-t border-line px-3 py-2">
      <label htmlFor={id} className="sr-only">
        What {agent_name} should try
      </label>
      <input
        dir="auto"
        id={id}
        value={text}
        maxLength={limits.steerCharsMax}
        placeholder={`What should ${agent_name} try?`}
        onChange={({ target }) => setText(target.value)}
        className="h-7 min-w-40 flex-1 rounded-lg border border-line-strong bg-canvas px-2 text-sm"
      />
      <Button type="submit" look="primary" size="small" disabled={telling || !online}>
        Help
      </Button>
    </form>
  );
}
