import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ChatError, errorTable, type Supply } from '../../src/protocol/index.ts';
import type { FakeServer } from './fake-server.ts';
import { message } from './fake-team.ts';
import { artifacts, usePage } from './opened-page.ts';

const noAnswer: Supply = {
  state: 'waiting',
  problem: 'no_answer',
  reason:
    'Tasks wait in line. The model provider "anthropic" of opencode does not answer at ' +
    'https://api.anthropic.com: connection refused. Start it or check the network.',
  provider: 'anthropic',
  next_check_at: '2026-01-02T12:00:30.000Z',
  login: 'npm run login',
  takes_key: true,
};
const noModel: Supply = {
  ...noAnswer,
  problem: 'no_model',
  reason: 'Tasks wait in line. opencode has no model. Sign in to a provider with `npm run login`.',
  provider: null,
};
const ready: Supply = {
  ...noAnswer,
  state: 'ready',
  problem: null,
  reason: 'It works.',
  next_check_at: null,
};

function tell(server: FakeServer, supply: Supply | null, storage_problem: string | null = null): void {
  server.tell({
    type: 'server_status',
    data: {
      timestamp: '2026-01-02T12:00:00.000Z',
      active_sessions: 0,
      total_agents: 2,
      chat_enabled: true,
      transport_type: 'websocket',
      worker: supply?.reason ?? null,
      worker_state: supply === null ? 'none' : 'connected',
      supply,
      storage_problem,
      development_mode: false,
    },
  });
}

describe('why agents cannot work', () => {
  const opened = usePage();

  it('is shown to everybody until they can, and an admin lets it be checked again', async () => {
    const { page, server, problems } = opened;
    server.team.messages.push(message(2, 'system', noAnswer.reason, { sender_kind: 'system' }));
    await opened.signIn();
    tell(server, noAnswer);
    await page.getByText('Tasks wait in line: the notice at the top says why.').waitFor();
    const card = page.locator('[data-problem=no_answer]');
    const sentence = 'Agents cannot work: the model provider does not answer; start it or check the network.';
    await card.getByRole('heading', { name: sentence }).waitFor();
    const said = page.getByText('does not answer').filter({ visible: true });
    assert.equal(await said.count(), 1, 'it is said once on the screen');
    await card.getByText('Details').click();
    await card.getByText(/api\.anthropic\.com: connection refused.*Next check at/).waitFor();
    for (const [width, scheme] of [
      [1440, 'light'],
      [1440, 'dark'],
      [390, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(artifacts, `supply-${width}-${scheme}.png`) });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
    }
    server.answer('check_supply', () => {
      tell(server, { ...noAnswer, state: 'checking' });
      return { supply: noAnswer };
    });
    await card.getByRole('button', { name: 'Check again' }).click();
    await card.getByRole('button', { name: 'Checking…', disabled: true }).waitFor();
    tell(server, ready);
    await card.waitFor({ state: 'detached' });
    assert.deepEqual(problems, []);
  });

  it('says that nothing is saved while the database is gone', async () => {
    const { page, server, problems } = opened;
    await opened.signIn();
    const { text } = errorTable.database_gone;
    tell(server, ready, text);
    const card = page.getByRole('region', { name: 'Storage' });
    await card.getByText(text).waitFor();
    for (const [width, scheme] of [
      [1440, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(artifacts, `storage-${width}-${scheme}.png`) });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
    }
    tell(server, ready);
    await card.waitFor({ state: 'detached' });
    assert.deepEqual(problems, []);
  });

  it('takes a key from an admin by keyboard, and shows it nowhere', async () => {
    const { page, server } = opened;
    await opened.signIn();
    tell(server, noModel);
    const card = page.locator('[data-problem=no_model]');
    const sentence =
      'Agents cannot work: no model is set up; on the machine of the agents, run npm run login, or enter ' +
      'an API key here.';
    await card.getByRole('heading', { name: sentence }).waitFor();
    await card.getByRole('button', { name: 'Enter an API key' }).press('Enter');
    const form = page.getByTestId('key-form');
    await form.getByLabel('Provider').fill('anthropic');
    const key = form.getByLabel('API key');
    assert.equal(await key.getAttribute('type'), 'password');
    await key.fill('sk-secret');
    for (const [width, scheme] of [
      [1440, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(artifacts, `supply-key-${width}-${scheme}.png`) });
    }
    server.answer('set_provider_key', () => {
      throw new ChatError('unavailable', 'The key could not be stored.');
    });
    await key.press('Enter');
    await form.getByRole('alert').getByText('The key could not be stored.').waitFor();
    assert.equal(await key.inputValue(), '');
    server.answer('set_provider_key', () => ({ provider: 'anthropic' }));
    await key.fill('sk-secret');
    await form.getByRole('button', { name: 'Store key' }).click();
    await form.waitFor({ state: 'detached' });
    const sent = await server.lastRequest('set_provider_key');
    assert.deepEqual(sent, { provider: 'anthropic', key: 'sk-secret' });
    assert.equal(page.url().includes('sk-secret'), false);
    const stored = 'JSON.stringify(localStorage) + JSON.stringify(sessionStorage)';
    assert.equal(String(await page.evaluate(stored)).includes('sk-secret'), false);
  });

  it('offers nothing to who may not do it, and leaves the way where something else works', async () => {
    const { page, server } = opened;
    server.team.self.role = 'viewer';
    await opened.signIn();
    tell(server, noModel);
    const card = page.locator('[data-problem=no_model]');
    await card.getByText('no model is set up; ask an admin to set this up.').waitFor();
    assert.equal(await card.getByRole('button').count(), 0);
    tell(server, { ...noModel, state: 'ready', reason: 'The built-in demo agent works here.' });
    const badge = page.locator('[data-worker]');
    await badge.getByText('The demo agent is in use.', { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Hide' }).click();
    await card.waitFor({ state: 'detached' });
  });
});
