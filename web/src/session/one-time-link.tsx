import { Check, Copy } from 'lucide-react';
import { lazy, Suspense, useEffect, useId, useRef, useState } from 'react';
import { copyText } from '../lib/copy.ts';
import { momentText } from '../lib/time.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { field } from '../ui/looks.ts';
import type { SignInLink } from './links.ts';

const QrCode = lazy(() => import('./qr-code.tsx'));

interface OneTimeLinkProps {
  readonly made: SignInLink;
  /** Who signs in by it, as in "Sign-in link for ruth". */
  readonly whose: string;
  /** Shows it to the camera of a phone. */
  readonly withCode?: boolean;
}

/** A link that was just made. It is shown this once. */
export function OneTimeLink({ made, whose, withCode = false }: OneTimeLinkProps) {
  const [copied, setCopied] = useState(false);
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  // The form that had the focus has made room for it.
  useEffect(() => box.current?.focus(), []);
  return (
    <div className="mt-4 space-y-3">
      <label htmlFor={id} className="block text-sm font-medium">
        Sign-in link for {whose}
      </label>
      <div className="flex gap-2">
        <input
          ref={box}
          id={id}
          readOnly
          value={made.link}
          onFocus={(event) => event.target.select()}
          className={classNames(field, 'min-w-0 flex-1 font-mono')}
        />
        <Button look="primary" onClick={async () => setCopied(await copyText(made.link))}>
          {copied ? (
            <Check aria-hidden="true" className="size-4" />
          ) : (
            <Copy aria-hidden="true" className="size-4" />
          )}
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      {withCode && !made.isLocal && (
        <div className="grid h-46 place-items-center py-1">
          <Suspense>
            <QrCode text={made.link} label={`Sign-in link for ${whose} as a QR code`} />
          </Suspense>
        </div>
      )}
      <p className="text-sm text-soft">
        It works once, until {momentText(made.expires_at, new Date())}, and is not shown again. Whoever opens
        it is signed in as {whose}.
      </p>
      {made.isLocal && (
        <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">
          This address works on the server’s own machine only. To sign in from elsewhere, start the server
          with --public-url.
        </p>
      )}
      {made.telegram_link && (
        <p className="text-sm text-soft">
          For Telegram:{' '}
          <a href={made.telegram_link} className="break-all text-accent-strong underline">
            {made.telegram_link}
          </a>
        </p>
      )}
    </div>
  );
}
