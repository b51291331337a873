import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProjectConfig } from '../../src/protocol/index.ts';
import { temporaryFolder } from '../support/app.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { openSupplyRoom } from './supply-room.ts';
import { testTimeoutMs } from './turns.ts';

/** A project that configures opencode itself: the real opencode, with a scripted model. */

test("a project's own configuration is loaded when an admin trusts its content, and not when it changes", {
  timeout: 3 * testTimeoutMs,
}, async (t) => {
  const model = await startModelServer();
  t.after(() => model.close());
  const env = await writeOpencodeHome(temporaryFolder(), model.baseUrl);
  const folder = temporaryFolder();
  const project = join(folder, 'project');
  mkdirSync(project);
  const configure = (mark: string) => {
    const command = ['sh', '-c', `echo started > ${mark}.txt`];
    writeFileSync(
      join(project, 'opencode.json'),
      JSON.stringify({ mcp: { garden: { type: 'local', command } } }),
    );
  };
  const wasStarted = (mark: string) => existsSync(join(project, `${mark}.txt`));
  configure('first');
  const room = await openSupplyRoom(t, { folder, env, agent: 'opencode' });
  const { client } = room;
  const configOf = async (fits: (config: ProjectConfig) => boolean) => {
    const frame = await client.ever(
      ({ type, data }) =>
        type === 'server_status' && data.project_config != null && fits(data.project_config as ProjectConfig),
    );
    return frame.data.project_config as ProjectConfig;
  };

  await room.lastWord(/may run programs.*opencode\.json.*sh -c echo started.*until an admin trusts it/);
  for (const task of ['look around', 'look once more', 'look at the end'])
    model.script(task, [{ text: 'Done.' }]);
  await room.ask('@elad look around');
  assert.equal(wasStarted('first'), false);

  const { hash } = await configOf(({ state }) => state === 'untrusted');
  client.send({ type: 'trust_project', hash, request_id: 'trust' });
  await client.next((frame) => frame.request_id === 'trust');
  await configOf(({ state }) => state === 'trusted');
  await room.lastWord(/The project's own configuration of opencode is loaded/);
  await room.ask('@elad look once more');
  assert.equal(wasStarted('first'), true);

  configure('second');
  await configOf((config) => config.state === 'untrusted' && config.hash !== hash);
  await room.lastWord(/echo started > second\.txt.*until an admin trusts it/);
  client.send({ type: 'trust_project', hash, request_id: 'late' });
  assert.equal((await client.next((frame) => frame.request_id === 'late')).code, 'not_found');
  await room.ask('@elad look at the end');
  assert.equal(wasStarted('second'), false);
});
