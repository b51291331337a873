import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ChatMessage, FileChange } from '../../src/protocol/index.ts';
import { temporaryFolder } from '../support/app.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { type Frame, type RawClient, rawClient } from '../support/raw-client.ts';
import { startServerProcess } from '../support/server-process.ts';

/** What real agents change by commands, past the locks: it is noticed, told, and put back. */

const timeout = { timeout: 300_000 };

async function openRoom(t: TestContext) {
  const folder = temporaryFolder();
  const model = await startModelServer();
  t.after(() => model.close());
  const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
  const args = [
    '--agent',
    'opencode',
    '--owner',
    'olga',
    '--first-agent',
    'elad',
    '--approve',
    'execute=auto',
  ];
  const server = await startServerProcess(t, { folder, args, env });
  const client = await rawClient(t, server.runtime.ws_url);
  client.send({ type: 'auth', method: 'session', token: server.runtime.token });
  await client.nextOf('auth_success');
  await client.ever((frame) => frame.type === 'server_status' && frame.data.worker !== null);
  return { model, client, page: join(folder, '.opencode-slack', 'playground', 'index.html') };
}

let requests = 0;
async function ask(client: RawClient, command: object): Promise<Frame> {
  requests += 1;
  const request_id = requests;
  client.send({ ...command, request_id });
  return client.ever((frame) => frame.request_id === request_id);
}

const bash = (command: string) => ({ tools: [{ name: 'bash', input: { command, description: command } }] });
const changesOf = ({ data }: Frame) => data.changes as FileChange[];
const messageOf = (kind: string) => (frame: Frame) =>
  frame.type === 'chat_message' && (frame.data as unknown as ChatMessage).metadata?.kind === kind;
const ended =
  (agent: string) =>
  ({ type, data }: Frame) =>
    type === 'task_notification' && data.agent_name === agent && data.type === 'completed';

test(
  'a shell command that rewrites a locked file is caught, told with its diff, and put back',
  timeout,
  async (t) => {
    const { model, client, page } = await openRoom(t);
    const before = readFileSync(page, 'utf8');
    chmodSync(page, 0o640);
    await ask(client, { type: 'lock_files', files: ['index.html'], description: 'mine today' });
    model.script('make it short', [
      bash(`echo short > index.html && echo new > note.txt`),
      { text: 'It is short.' },
    ]);
    client.send({ type: 'chat_message', text: '@elad make it short' });

    const [bypassed] = changesOf(await client.ever(({ type }) => type === 'lock_bypassed'));
    assert.ok(bypassed);
    assert.deepEqual(
      [bypassed.path, bypassed.change, bypassed.by, bypassed.via, bypassed.held_by, bypassed.kept],
      ['index.html', 'modified', 'elad', 'command', 'olga', true],
    );
    const said = (await client.ever(messageOf('lock_bypassed'))).data as unknown as ChatMessage;
    assert.match(said.text, /Changed past a lock, by a tool of elad \(`echo short/);
    assert.match(said.text, /`index\.html`, held by olga/);
    assert.deepEqual(said.mentions, ['olga']);
    const [file] = said.metadata.changes ?? [];
    assert.equal(file?.change_id, bypassed.change_id);
    assert.match(file?.diff ?? '', /^\+short$/m);
    await client.ever(ended('elad'));

    const { changes } = (await ask(client, { type: 'get_file_changes' })).data as { changes: FileChange[] };
    assert.deepEqual(
      changes.map(({ path, change, by, via, held_by }) => [path, change, by, via, held_by]),
      [
        ['note.txt', 'added', 'elad', 'command', null],
        ['index.html', 'modified', 'elad', 'command', 'olga'],
      ],
    );

    const { change_id } = bypassed;
    const done = (await ask(client, { type: 'put_back', change_id })).data as { change: FileChange };
    assert.equal(done.change.put_back_by, 'olga');
    assert.equal(readFileSync(page, 'utf8'), before);
    assert.equal(statSync(page).mode & 0o777, 0o640);
    const again = await ask(client, { type: 'put_back', change_id });
    assert.deepEqual([again.type, again.code], ['error', 'cannot_put_back']);

    // What was changed by somebody since then is not overwritten.
    model.script('make it shorter', [bash('echo s > index.html'), { text: 'Done.' }]);
    client.send({ type: 'chat_message', text: '@elad make it shorter' });
    const next = await client.ever(
      ({ type, data }) =>
        type === 'lock_bypassed' && changesOf({ type, data } as Frame)[0]?.change_id !== change_id,
    );
    await client.ever(
      ({ type, data }) =>
        ended('elad')({ type, data } as Frame) && data.task_description === 'make it shorter',
    );
    writeFileSync(page, 'by hand');
    const refused = await ask(client, { type: 'put_back', change_id: changesOf(next)[0]?.change_id });
    assert.match(String(refused.message), /index\.html was changed again since then/);
    assert.equal(readFileSync(page, 'utf8'), 'by hand');
    assert.match(told(model.requests.map(({ messages }) => messages)), /A tool of yours changed index\.html/);
  },
);

function told(messages: readonly (readonly { text: string }[])[]): string {
  return messages
    .flat()
    .map(({ text }) => text)
    .join('\n');
}
