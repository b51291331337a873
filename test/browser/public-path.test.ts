import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as ask, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { startApp } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';

/** A proxy that serves a server under `/team/`; it passes the path on, or takes it off. */
async function startProxy(t: TestContext, port: () => number, strips: boolean): Promise<number> {
  const pathOf = (url = '') => (strips ? url.replace(/^\/team\//, '/') : url);
  const proxy = createServer((request, response) => {
    const { method = 'GET', headers } = request;
    const asked = ask({ port: port(), method, headers, path: pathOf(request.url) }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(asked);
  });
  proxy.on('upgrade', (request, socket) => {
    const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
    const onward = connect(port(), '127.0.0.1');
    onward.write(`GET ${pathOf(request.url)} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    for (const each of [socket, onward]) each.on('error', () => [socket, onward].map((one) => one.destroy()));
    socket.pipe(onward).pipe(socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  return (proxy.address() as AddressInfo).port;
}

for (const strips of [true, false]) {
  const how = strips ? 'takes it off' : 'passes it on';
  test(`the page works under a path, behind a proxy that ${how}`, { timeout: 90_000 }, async (t) => {
    let port = 0;
    const proxyPort = await startProxy(t, () => port, strips);
    const app = await startApp(t, { publicUrl: `http://localhost:${proxyPort}/team` });
    port = Number(new URL(app.httpUrl).port);
    const browser = await launchBrowser();
    t.after(() => browser.close());
    const page = await browser.newPage();
    assert.ok(app.signInLink.startsWith(`http://localhost:${proxyPort}/team/#code=`), app.signInLink);
    await page.goto(app.signInLink);
    const box = page.getByTestId('message-input').locator('textarea');
    await box.fill('said under a path');
    await box.press('Enter');
    const said = page.locator('[data-message-id]').getByText('said under a path');
    await said.waitFor();
    await page.reload();
    await said.waitFor();
    await page.getByRole('button', { name: 'My devices' }).click();
    await page.getByText('This device').waitFor();
    if (!strips) {
      await page.goto(`http://localhost:${proxyPort}/team`);
      await said.waitFor();
    }
  });
}
