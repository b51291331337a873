import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { serverUrl } from './lib/server-url.ts';
import { type Live, startLive } from './live/live.ts';
import { LiveContext } from './live/use-live.ts';
import { forget, remember, remembered } from './session/remembered.ts';
import { moreExact, type Refusal, sessionEnd } from './session/session-end.ts';
import { exchangeCode, type SignIn, signOut, whoAmI } from './session/sign-in.ts';
import { SignInScreen } from './session/sign-in-screen.tsx';
import type { Self } from './state/app-state.ts';
import { Splash } from './ui/splash.tsx';
import { Workspace } from './workspace.tsx';

const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: false } } });

/** The gate: asks who this browser is, signs it in, and opens the workspace. */
export function App({ code }: { readonly code: string | null }) {
  const [signIn, setSignIn] = useState<SignIn | null>(null);
  const started = useRef(false);

  const attempt = useCallback(async (ask: () => Promise<SignIn>) => {
    setSignIn(await ask().catch((): SignIn => ({ kind: 'signed_out', ...unreachable })));
  }, []);

  useEffect(() => {
    if (started.current) return;
    started.current = true;
    void attempt(() => (code ? exchangeOrKnown(code) : whoAmI()));
  }, [attempt, code]);

  const signedOut = useCallback((why: Refusal) => setSignIn({ kind: 'signed_out', ...why }), []);

  if (!signIn) return <Splash text="Signing in…" />;
  if (signIn.kind === 'signed_out') {
    const end = sessionEnd(signIn, remembered());
    return <SignInScreen end={end} onCode={(pasted) => attempt(() => exchangeCode(pasted))} />;
  }
  return <SignedIn key={signIn.self.user_id} self={signIn.self} onSignedOut={signedOut} />;
}

const unreachable: Refusal = { code: 'unavailable', reason: 'The server does not answer.' };
const own: Refusal = { code: null, reason: null, isOwn: true };

/** A link that was used before is no obstacle for a browser that is signed in already. */
async function exchangeOrKnown(code: string): Promise<SignIn> {
  const exchanged = await exchangeCode(code);
  if (exchanged.kind === 'signed_in') return exchanged;
  const known = await whoAmI();
  return known.kind === 'signed_in' ? known : exchanged;
}

interface SignedInProps {
  readonly self: Self;
  readonly onSignedOut: (why: Refusal) => void;
}

function SignedIn({ self, onSignedOut }: SignedInProps) {
  const [live, setLive] = useState<Live | null>(null);

  useEffect(() => {
    const started = startLive(self, serverUrl());
    setLive(started);
    const stop = started.client.onState((state) => {
      if (state.kind === 'online') remember(self.user_id, new Date());
      if (state.kind !== 'closed' || state.code === undefined) return;
      const closed = { code: state.code, reason: state.reason };
      void whoAmI()
        .then((now) => (now.kind === 'signed_out' ? moreExact(closed, now) : closed))
        .catch(() => closed)
        .then(onSignedOut);
    });
    return () => {
      stop();
      started.close();
    };
  }, [self, onSignedOut]);

  /** Who could not be signed out still is, and is told so. */
  async function leave({ store }: Live) {
    try {
      await signOut();
    } catch (error) {
      const text = `You are still signed in: ${error instanceof Error ? error.message : String(error)}`;
      store.dispatch({ type: 'toast_changed', toast: { kind: 'problem', text } });
      return;
    }
    queries.clear();
    forget();
    onSignedOut(own);
  }

  if (!live) return <Splash text="Connecting…" />;
  return (
    <QueryClientProvider client={queries}>
      <LiveContext value={live}>
        <Workspace onSignOut={() => void leave(live)} />
      </LiveContext>
    </QueryClientProvider>
  );
}
