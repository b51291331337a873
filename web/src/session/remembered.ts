import { z } from 'zod';
import { withStorage } from '../live/local-store.ts';

/** Who was signed in here last, so that a browser whose sign-in has ended can say so. No credential. */
const Remembered = z.object({ user_id: z.string(), at: z.string() });
export type Remembered = z.infer<typeof Remembered>;

const key = 'signed-in';

export function remember(user_id: string, now: Date): void {
  withStorage((storage) => storage.setItem(key, JSON.stringify({ user_id, at: now.toISOString() })));
}

/** For somebody who signs out. */
export function forget(): void {
  withStorage((storage) => storage.removeItem(key));
}

export function remembered(): Remembered | null {
  const text = withStorage((storage) => storage.getItem(key)) ?? null;
  try {
    return Remembered.nullable().parse(JSON.parse(text ?? 'null'));
  } catch {
    // Written by something else.
    return null;
  }
}
