import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { launchBrowser } from '../support/browser.ts';

const pngSignature = '89504e470d0a1a0a';

test('a real browser runs scripts, draws text and takes a screenshot on a machine without one', async () => {
  const browser = await launchBrowser();
  after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 320, height: 200 } });
  await page.setContent('<h1>Hello</h1><script>document.title = "ran " + (6 * 7)</script>');
  assert.equal(await page.title(), 'ran 42');
  assert.ok((await page.locator('h1').boundingBox())?.width, 'the heading has a width, so a font was found');
  const picture = await page.screenshot();
  assert.equal(picture.subarray(0, 8).toString('hex'), pngSignature);
});
