import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { rawClient } from '../support/raw-client.ts';
import { descendants, startServerProcess } from '../support/server-process.ts';

/** The port and password of the opencode that a server's worker runs, as a process left behind has them. */
function doorOf(serverPid: number): { address: string; headers: Record<string, string> } {
  for (const pid of descendants(serverPid)) {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (!words.includes('acp')) continue;
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const [, password] =
      environment.find((line) => line.startsWith('OPENCODE_SERVER_PASSWORD='))?.split('=') ?? [];
    const authorization = `Basic ${Buffer.from(`opencode:${password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    return { address: `http://127.0.0.1:${words[words.indexOf('--port') + 1]}`, headers };
  }
  throw new Error('opencode does not run');
}

test('a permission that nobody gave in the chat ends the task, and is told and noted as tampering', {
  timeout: 300_000,
}, async (t) => {
  const model = await startModelServer();
  t.after(() => model.close());
  const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
  const project = temporaryFolder();
  // The test comes to opencode's door from outside of the sandbox.
  const args = ['--sandbox', 'off', '--agent', 'opencode', '--owner', 'olga', '--first-agent', 'elad'];
  const server = await startServerProcess(t, { folder: temporaryFolder(), project, args, env });
  const client = await rawClient(t, server.runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: server.runtime.token });
  await client.nextOf('auth_success');
  const command = { command: 'echo done > proof.txt', description: 'writes a file' };
  model.script('prove it', [{ tools: [{ name: 'bash', input: command }] }, { text: 'Proved.' }]);

  // What people allow is no tampering.
  client.send({ type: 'chat_message', text: '@elad prove it once' });
  const { data: first } = await client.ever(({ type }) => type === 'approval_requested');
  client.send({
    type: 'answer_approval',
    approval_id: first.approval_id,
    answer: 'once',
    request_id: 'allowed',
  });
  const news = (kind: string, description: string) =>
    client.ever(
      ({ type, data }) =>
        type === 'task_notification' && data.type === kind && data.task_description === description,
    );
  await news('completed', 'prove it once');

  client.send({ type: 'chat_message', text: '@elad prove it twice' });
  await news('waiting', 'prove it twice');
  const { address, headers } = doorOf(server.pid);
  const directory = new URLSearchParams({ directory: project });
  const asked = await eventually(async () => {
    const answer = await fetch(`${address}/permission?${directory}`, { headers });
    const [one] = (await answer.json()) as { id: string }[];
    return one;
  }, 'permission that opencode asks for');
  const body = JSON.stringify({ reply: 'once' });
  await fetch(`${address}/permission/${asked.id}/reply?${directory}`, { method: 'POST', headers, body });

  const failed = await news('failed', 'prove it twice');
  assert.match(JSON.stringify(failed.data), /Tampering: something was allowed/);
  const told = await client.ever(({ data }) => /^Tampering: a program/.test(String(data.text)));
  assert.notEqual(told.data.thread_id, null);
  const { http_url, token } = server.runtime;
  const authorization = `Bearer ${token}`;
  const audit = await fetch(`${http_url}/audit?action=permission_tampered`, { headers: { authorization } });
  const { entries } = (await audit.json()) as { entries: { subject: string; detail: string }[] };
  assert.deepEqual(
    entries.map(({ subject, detail }) => [subject, detail]),
    [['elad', failed.data.task_id]],
  );

  // The next task has a program whose password nobody has seen.
  model.script('go on', [{ text: 'On.' }]);
  client.send({ type: 'chat_message', text: '@elad go on' });
  await news('completed', 'go on');
  assert.notEqual(doorOf(server.pid).headers.authorization, headers.authorization);
});
