import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { endsSignIn } from '../../src/protocol/index.ts';
import { type Live, startLive } from './live/live.ts';
import { LiveContext } from './live/use-live.ts';
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
    setSignIn(
      await ask().catch((): SignIn => ({ kind: 'signed_out', reason: 'The server does not answer.' })),
    );
  }, []);

  useEffect(() => {
    if (started.current) return;
    started.current = true;
    void attempt(() => (code ? exchangeOrKnown(code) : whoAmI()));
  }, [attempt, code]);

  const signedOut = useCallback((reason: string | null) => setSignIn({ kind: 'signed_out', reason }), []);

  if (!signIn) return <Splash text="Signing in…" />;
  if (signIn.kind === 'signed_out') {
    return <SignInScreen reason={signIn.reason} onCode={(pasted) => attempt(() => exchangeCode(pasted))} />;
  }
  return <SignedIn key={signIn.self.user_id} self={signIn.self} onSignedOut={signedOut} />;
}

/** A link that was used before is no obstacle for a browser that is signed in already. */
async function exchangeOrKnown(code: string): Promise<SignIn> {
  const exchanged = await exchangeCode(code);
  if (exchanged.kind === 'signed_in') return exchanged;
  const known = await whoAmI();
  return known.kind === 'signed_in' ? known : exchanged;
}

interface SignedInProps {
  readonly self: Self;
  readonly onSignedOut: (reason: string | null) => void;
}

function SignedIn({ self, onSignedOut }: SignedInProps) {
  const [live, setLive] = useState<Live | null>(null);

  useEffect(() => {
    const started = startLive(self, window.location.origin);
    setLive(started);
    const stop = started.client.onState((state) => {
      if (state.kind === 'closed' && endsSignIn(state.code)) onSignedOut(state.reason);
    });
    return () => {
      stop();
      started.close();
    };
  }, [self, onSignedOut]);

  if (!live) return <Splash text="Connecting…" />;
  return (
    <QueryClientProvider client={queries}>
      <LiveContext value={live}>
        <Workspace
          onSignOut={() => {
            void signOut().finally(() => {
              queries.clear();
              onSignedOut(null);
            });
          }}
        />
      </LiveContext>
    </QueryClientProvider>
  );
}
