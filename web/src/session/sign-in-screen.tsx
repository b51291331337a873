import { type FormEvent, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Logo } from '../ui/logo.tsx';
import type { SessionEnd } from './session-end.ts';
import { codeIn } from './sign-in.ts';

interface SignInScreenProps {
  readonly end: SessionEnd;
  readonly onCode: (code: string) => Promise<void>;
}

/** For a browser that is nobody yet, or no longer: why, and how to come in. */
export function SignInScreen({ end: { title, why, wasHere }, onCode }: SignInScreenProps) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const code = codeIn(text);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!code) return;
    setBusy(true);
    await onCode(code);
    setBusy(false);
  }

  return (
    <main className="grid h-full place-items-center overflow-y-auto bg-rail p-4">
      <div className="w-full max-w-105 rounded-2xl border border-line bg-raised p-7 shadow-float">
        <Logo className="size-11" />
        <h1 className="mt-4 text-xl font-semibold tracking-tight">{title}</h1>
        {why && (
          <p role="alert" className="mt-3 rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
            {why}
          </p>
        )}
        <p className="mt-3 text-soft">
          Ask an admin of the team for a sign-in link, or make one on another device where you are signed in,
          under “My devices”. On the server’s machine, this command makes one:
        </p>
        <pre className="mt-3 rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-sm select-all">
          opencode-slack link
        </pre>
        {wasHere && (
          <p className="mt-3 text-sm text-soft">
            Drafts and messages that were not sent yet are kept in this browser until you are back.
          </p>
        )}
        <form onSubmit={submit} className="mt-5">
          <label htmlFor="sign-in-link" className="text-sm font-medium">
            Or paste the link or its code
          </label>
          <div className="mt-1.5 flex gap-2">
            <input
              id="sign-in-link"
              value={text}
              onChange={(event) => setText(event.target.value)}
              autoComplete="off"
              spellCheck={false}
              placeholder="http://localhost:8080/#code=…"
              className={classNames(
                'h-9 min-w-0 flex-1 rounded-lg border border-line-strong bg-canvas px-3 font-mono',
                'text-sm placeholder:text-faint',
              )}
            />
            <Button type="submit" look="primary" disabled={!code || busy}>
              {busy ? 'Signing in…' : 'Sign in'}
            </Button>
          </div>
        </form>
      </div>
    </main>
  );
}
