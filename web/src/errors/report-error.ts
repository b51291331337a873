const reportsMax = 100;

/** Where an error happened, as React tells it. */
interface ErrorPlace {
  readonly componentStack?: string | undefined;
}

/**
 * Writes an error to the console once for each component: what fails is tried again at every change, and
 * would fill the console with the same.
 */
export function createErrorReporter(write: (...data: unknown[]) => void = console.error) {
  const reported = new Set<string>();
  return (error: unknown, { componentStack = '' }: ErrorPlace): void => {
    const component = componentStack.trim().split('\n', 1)[0];
    const key = `${component} ${error instanceof Error ? error.message : String(error)}`;
    if (reported.has(key) || reported.size >= reportsMax) return;
    reported.add(key);
    write('A part of the page could not be shown.', error, componentStack);
  };
}
