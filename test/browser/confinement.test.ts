import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ProjectConfig } from '../../src/protocol/index.ts';
import type { FakeServer } from './fake-server.ts';
import { artifacts, usePage } from './opened-page.ts';

const config: ProjectConfig = {
  state: 'untrusted',
  hash: 'a'.repeat(43),
  files: ['opencode.json', '.opencode/plugin/x.js'],
  commands: ['node ./tools/garden.js'],
  plugins: ['.opencode/plugin/x.js'],
  reason: 'This project has configuration of its own for opencode that may run programs.',
};

function tell(server: FakeServer, project_config: ProjectConfig | null): void {
  server.tell({
    type: 'server_status',
    data: {
      timestamp: '2026-01-02T12:00:00.000Z',
      ...{ active_sessions: 0, total_agents: 2, chat_enabled: true, transport_type: 'websocket' },
      ...{ worker: 'opencode works here.', worker_state: 'connected', supply: null },
      sandbox: { state: 'on', reason: 'Agents and their commands are confined.' },
      project_config,
      ...{ storage_problem: null, development_mode: false },
    },
  });
}

describe('what people let into the sandboxes of agents', { timeout: 240_000 }, () => {
  const opened = usePage();

  it('an admin trusts exactly the configuration that is shown', async () => {
    const { page, server, problems } = opened;
    await opened.signIn();
    tell(server, config);
    const card = page.getByRole('region', { name: 'Configuration of the project' });
    await card.getByText('What it is').click();
    await card.getByText('node ./tools/garden.js').waitFor();
    for (const [width, scheme] of [
      [1440, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(artifacts, `project-config-${width}-${scheme}.png`) });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
    }
    const asked: object[] = [];
    server.answer('trust_project', (request) => {
      asked.push(request);
      tell(server, { ...config, state: 'trusted' });
      return {};
    });
    await card.getByRole('button', { name: 'Trust exactly this' }).click();
    await card.waitFor({ state: 'detached' });
    assert.deepEqual(asked, [{ hash: config.hash, trusted: true }]);
    assert.deepEqual(problems, []);
  });

  it("an agent's panel says whether it is confined, and an admin takes back a host", async () => {
    const { page, server, problems } = opened;
    server.answer('get_allowed_hosts', () => ({ hosts: ['example.org'], set: ['set.example'] }));
    server.answer('remove_allowed_host', () => ({ hosts: [], set: ['set.example'] }));
    await opened.signIn();
    tell(server, null);
    await page.setViewportSize({ width: 1440, height: 844 });
    await page.locator('[data-agent=elad]').click();
    const section = page.getByTestId('confinement');
    await section.getByText('Agents and their commands are confined.').waitFor();
    await section.getByRole('button', { name: 'Ask again about example.org' }).click();
    await section.getByText('example.org', { exact: true }).waitFor({ state: 'detached' });
    await section.getByText('set.example').waitFor();
    assert.deepEqual(problems, []);
  });
});
