/** Whether the server of a WebSocket address is reached by HTTP. A proxy's error (5xx) counts as no. */
export async function answersHttp(url: string, timeoutMs: number): Promise<boolean> {
  try {
    const address = url.replace(/^ws/, 'http');
    const { status } = await fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(timeoutMs) });
    return status < 500;
  } catch {
    // Not reached, or another origin that lets nobody look.
    return false;
  }
}

/** What is wrong when HTTP gets through and WebSocket does not. */
export function blockedText(url: string): string {
  return (
    `The server answers, but WebSocket does not get through to ${url}. A proxy in between must pass on the ` +
    'headers Upgrade and Connection, with HTTP/1.1.'
  );
}
