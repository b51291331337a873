import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser, stepTimeoutMs } from '../support/browser.ts';
import { type BuiltWeb, buildWeb } from './built-web.ts';
import { type FakeServer, startFakeServer } from './fake-server.ts';
import { agentStatus, member, message, minutesAgo, person } from './fake-team.ts';

export const artifacts = join(import.meta.dirname, '../../artifacts');

/** A fresh page and a fresh fake server for every test of the suite that calls `usePage`. */
export interface OpenedPage {
  readonly page: Page;
  readonly server: FakeServer;
  /** The box one writes in. */
  readonly composer: Locator;
  readonly items: Locator;
  /** Messages that the server has confirmed. */
  readonly confirmed: Locator;
  /** What the browser complained of. */
  readonly problems: readonly string[];
  /**
   * Waits until an expression is true in the page. (Playwright's own wait needs `eval`, which the policy
   * forbids.)
   */
  until(expression: string): Promise<void>;
  /** As dana, by a link; the room says "good morning". */
  signIn(): Promise<void>;
}

export function usePage(): OpenedPage {
  let web: BuiltWeb;
  let browser: Browser;
  let server: FakeServer;
  let page: Page;
  let problems: string[];

  before(async () => {
    [web, browser] = await Promise.all([buildWeb(), launchBrowser(), mkdir(artifacts, { recursive: true })]);
  });

  after(async () => {
    await browser?.close();
    await web?.remove();
  });

  beforeEach(async () => {
    server = await startFakeServer(web);
    fillTeam(server);
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
    });
    page = await context.newPage();
    page.setDefaultTimeout(stepTimeoutMs);
    problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (entry) => {
      // A refused WebSocket is reported by the browser itself.
      if (entry.type() === 'error' && !entry.text().includes('WebSocket connection'))
        problems.push(entry.text());
    });
  });

  afterEach(async (test) => {
    if ('passed' in test && !test.passed) {
      await page.screenshot({ path: join(artifacts, `failed-${test.name.replaceAll(/\W+/g, '-')}.png`) });
    }
    await page.context().close();
    await server.close();
  });

  return {
    get page() {
      return page;
    },
    get server() {
      return server;
    },
    get composer() {
      return page.getByTestId('message-input').locator('textarea');
    },
    get items() {
      return page.getByTestId('message-item');
    },
    get confirmed() {
      return page.locator('[data-testid=message-item][data-message-id]');
    },
    get problems() {
      return problems;
    },
    async until(expression) {
      const deadline = performance.now() + stepTimeoutMs;
      while (performance.now() < deadline) {
        if (await page.evaluate(expression)) return;
        await page.evaluate('new Promise(requestAnimationFrame)');
      }
      throw new Error(`Never became true in the page: ${expression}`);
    },
    async signIn() {
      await page.goto(`${server.url}/#code=GOOD-CODE`);
      await page.getByText('good morning').waitFor();
    },
  };
}

function fillTeam({ team }: FakeServer): void {
  team.members.push(person('dana'), person('ruth', 'developer'), member('elad'));
  team.members.push(member('maya', { role: 'designer', joined_at: minutesAgo(5) }));
  team.agents.elad = agentStatus('elad');
  team.agents.maya = agentStatus('maya', { role: 'designer' });
  team.messages.push(message(1, 'ruth', 'good morning'));
}
