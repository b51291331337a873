import './no-eval.ts';
import './styles/theme.css';
import './styles/text.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { PaneBoundary } from './errors/pane-boundary.tsx';
import { createErrorReporter } from './errors/report-error.ts';
import { keepCompositionKeys } from './lib/composition.ts';
import { takeCodeFromAddress } from './session/sign-in.ts';

keepCompositionKeys(window);

// Before anything is drawn: the code leaves the address bar at once.
const code = takeCodeFromAddress();

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root, { onCaughtError: createErrorReporter() }).render(
  <StrictMode>
    <PaneBoundary name="The page">
      <App code={code} />
    </PaneBoundary>
  </StrictMode>,
);
