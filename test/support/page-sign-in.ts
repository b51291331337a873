import type { Page } from 'playwright-core';
import type { BrowserHeaders } from './sign-in.ts';

/** What a page that is signed in sends with its requests, for a test that asks as the same browser. */
export async function headersOf(page: Page): Promise<BrowserHeaders> {
  const [{ name, value } = { name: '', value: '' }] = await page.context().cookies();
  const secret = await page.evaluate<string | null>(`localStorage.getItem('page-secret')`);
  return { cookie: `${name}=${value}`, 'x-page-secret': String(secret) };
}
