import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findOpencode } from '../../src/worker/opencode.ts';
import { temporaryFolder } from '../support/app.ts';
import { type ModelServer, startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { type Frame, type RawClient, rawClient } from '../support/raw-client.ts';
import { startServerProcess } from '../support/server-process.ts';

/** What a process that has read all that an agent program was told can do with it. */

interface TicketRoom {
  readonly client: RawClient;
  readonly project: string;
  /** What the program was given as the way to the team's tools, each time. */
  tickets(): { url: string; authorization: string }[];
  begin(task: string): Promise<string>;
}

const serverForm = /"url":"(http:[^"]+\/mcp)","headers":\[\{"name":"authorization","value":"([^"]+)"/g;

async function openRoom(
  t: TestContext,
  log: string,
  { args, env = {} }: { args: readonly string[]; env?: Record<string, string> },
): Promise<TicketRoom> {
  const folder = temporaryFolder();
  const project = temporaryFolder();
  const server = await startServerProcess(t, {
    ...{ folder, project, env },
    // What the program is told is written down outside of the project.
    args: ['--sandbox', 'off', '--owner', 'olga', '--first-agent', 'elad', ...args],
  });
  const client = await rawClient(t, server.runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: server.runtime.token });
  await client.nextOf('auth_success');
  client.send({ type: 'hire_agent', name: 'dana', request_id: 'hired' });
  await client.ever((frame) => frame.request_id === 'hired');
  return {
    client,
    project,
    tickets: () => {
      const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
      return [...text.matchAll(serverForm)].map(([, url = '', authorization = '']) => ({
        url,
        authorization,
      }));
    },
    async begin(text) {
      client.send({ type: 'chat_message', text: `@elad ${text}` });
      const { data } = await client.ever(isNews('started', text));
      return String(data.task_id);
    },
  };
}

const isNews =
  (type: string, description: string) =>
  ({ type: frame, data }: Frame) =>
    frame === 'task_notification' && data.type === type && data.task_description === description;

async function use(
  { url, authorization }: { url: string; authorization: string },
  name: string,
  input: object,
) {
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } };
  const headers = {
    authorization,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-06-18',
  };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
}

async function assertRefused(ticket: { url: string; authorization: string }): Promise<void> {
  for (let round = 0; round < 34; round += 1) {
    for (const [name, input] of [
      ['hand_over', { agent_name: 'dana', task: 'rob the bank' }],
      ['post_message', { text: '@dana rob the bank' }],
      ['lock_files', { files: ['**'] }],
    ] as const) {
      assert.equal((await use(ticket, name, input)).status, 403, name);
    }
  }
}

/** `atWork`: resolves when the second task's session is open; `finish` lets it end. */
async function assertTicketsEnd(
  room: TicketRoom,
  { atWork, finish }: { atWork: () => Promise<unknown>; finish: () => void },
): Promise<void> {
  await room.begin('plan the garden');
  await room.client.ever(isNews('completed', 'plan the garden'));
  const former = room.tickets();
  assert.ok(former.length > 0);
  for (const ticket of former) await assertRefused(ticket);

  await room.begin('hold on in the garage');
  await atWork();
  const present = room.tickets().at(-1);
  assert.ok(present !== undefined && room.tickets().length > former.length);
  assert.match((await use(present, 'read_history', {})).text, /plan the garden/);
  for (const ticket of former) await assertRefused(ticket);
  finish();
  await room.client.ever(isNews('completed', 'hold on in the garage'));
  assert.equal((await use(present, 'read_history', {})).status, 403);
  assert.ok(!room.client.frames.some(({ data }) => JSON.stringify(data ?? '').includes('rob the bank')));
}

for (const ability of ['load', 'resume', 'neither']) {
  test(`a program that can ${ability} sessions holds nothing that outlives a task`, {
    timeout: 120_000,
  }, async (t) => {
    const notes = temporaryFolder();
    const log = join(notes, 'servers');
    const agent = fileURLToPath(new URL('./remembering-agent.ts', import.meta.url));
    const command = [process.execPath, agent, join(notes, 'sessions.json'), ability, log].join(' ');
    const room = await openRoom(t, log, {
      args: ['--agent', 'command', '--agent-command', command],
    });
    await assertTicketsEnd(room, {
      atWork: () => room.client.ever(isNews('progress', 'hold on in the garage')),
      finish: () => writeFileSync(join(room.project, 'go'), ''),
    });
  });
}

async function opencodeRoom(t: TestContext): Promise<{ room: TicketRoom; model: ModelServer }> {
  const model = await startModelServer();
  t.after(() => model.close());
  const home = temporaryFolder();
  const env = (await writeOpencodeHome(home, model.baseUrl)) as Record<string, string>;
  const program = await findOpencode(process.env);
  const log = join(home, 'asked.jsonl');
  const wrapper = join(home, 'opencode.sh');
  writeFileSync(
    wrapper,
    `#!/bin/sh\n[ "$1" = acp ] || exec '${program}' "$@"\ntee -a '${log}' | '${program}' "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  const more = { ...env, OPENCODE_COMMAND: wrapper };
  return { room: await openRoom(t, log, { args: ['--agent', 'opencode'], env: more }), model };
}

test('opencode holds nothing that outlives a task, and remembers the task before', {
  timeout: 180_000,
}, async (t) => {
  const { room, model } = await opencodeRoom(t);
  const finished = Promise.withResolvers<void>();
  model.script('plan the garden', [{ text: 'Planned.' }]);
  model.script('hold on in the garage', [{ until: finished.promise, text: 'Held.' }]);
  const second = model.waitForRequest(({ marker }) => marker === 'hold on in the garage');
  await assertTicketsEnd(room, { atWork: () => second, finish: finished.resolve });
  const { messages, tools } = await second;
  assert.match(messages.map(({ text }) => text).join('\n'), /Planned\./);
  assert.ok(tools.includes('elad_Team_post_message'));
});
