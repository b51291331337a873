import { withStorage } from '../live/local-store.ts';

/**
 * The half of a sign-in that only pages of this origin can read; the other half is a cookie, which servers on
 * other ports of the host receive too. The server counts them together only.
 */
const key = 'page-secret';
/** For a browser that stores nothing: then the sign-in lasts as long as the page. */
let ofThisPage: string | undefined;

/** As it is now: another tab may have signed in meanwhile. */
export function pageSecret(): string | undefined {
  return withStorage((storage) => storage.getItem(key)) ?? ofThisPage;
}

export function keepPageSecret(secret: string): void {
  ofThisPage = secret;
  withStorage((storage) => {
    storage.removeItem(key);
    storage.setItem(key, secret);
  });
}

export function forgetPageSecret(): void {
  ofThisPage = undefined;
  withStorage((storage) => storage.removeItem(key));
}
