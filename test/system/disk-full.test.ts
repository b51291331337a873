import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/app.ts';
import { developer, type RawClient } from '../support/raw-client.ts';
import { canMountSmallDisk, onSmallDisk } from '../support/small-disk.ts';

const serverPath = fileURLToPath(new URL('../support/small-disk-server.ts', import.meta.url));

interface Message {
  readonly id: number;
}

/** Says something long. Gives back its id, or the code of the refusal. */
async function say(client: RawClient, request_id: number): Promise<number | string> {
  client.send({ type: 'chat_message', text: 'y'.repeat(10_000), request_id });
  const answer = await client.next((frame) => frame.request_id === request_id);
  return answer.type === 'error' ? String(answer.code) : (answer.data.message as Message).id;
}

async function history(client: RawClient): Promise<number[]> {
  const ids: number[] = [];
  for (let before: number | undefined; ; before = ids[0]) {
    client.send({ type: 'get_chat_history', limit: 50, before });
    const { data } = await client.nextOf('chat_history');
    ids.unshift(...(data.messages as Message[]).map(({ id }) => id));
    if (data.has_more !== true) return ids;
  }
}

/** Resolves when a search finds so many messages, all of those that the index was behind with. */
async function found(client: RawClient, count: number): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const request_id = `found ${turn}`;
    client.send({ type: 'search', q: 'yyy*', limit: 100, request_id });
    const { data } = await client.next((frame) => frame.request_id === request_id);
    if (data.index_behind === true) continue;
    assert.equal((data.hits as unknown[]).length, Math.min(100, count));
    return;
  }
}

test('a server whose disk is full says so, is read on, and goes on when there is room', async (t) => {
  if (!canMountSmallDisk()) return t.skip('this machine lets nobody mount a small file system');
  const folder = temporaryFolder();
  const [program, ...args] = onSmallDisk(folder, [process.execPath, serverPath, folder]);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  t.after(() => child.kill('SIGKILL'));
  const [webSocketUrl = '', httpUrl = ''] = String((await lines.next()).value).split(' ');
  const anna = await developer(t, webSocketUrl, 'anna');
  const sayByRest = async () => {
    const response = await fetch(`${httpUrl}/chat/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'y'.repeat(10_000), sender: 'anna' }),
    });
    return { status: response.status, code: ((await response.json()) as { code?: string }).code };
  };
  const acknowledged: number[] = [];
  let requests = 0;
  for (;;) {
    requests += 1;
    const answer = await say(anna, requests);
    if (typeof answer === 'string') {
      assert.equal(answer, 'storage_full');
      break;
    }
    acknowledged.push(answer);
  }
  const kept = await history(anna);
  assert.deepEqual(
    acknowledged.filter((id) => !kept.includes(id)),
    [],
  );
  assert.equal(await say(anna, requests + 1), 'storage_full');
  const refused = await sayByRest();
  assert.deepEqual([refused.status, refused.code], [507, 'storage_full']);
  // What was said can be found, or the answer says that not all is in the index, or that there is none.
  anna.send({ type: 'search', q: 'yyy*', limit: 100, request_id: 'search' });
  const { data, ...answer } = await anna.next((frame) => frame.request_id === 'search');
  if (answer.type === 'error') {
    assert.deepEqual(
      [answer.code, answer.message],
      ['storage_full', 'The disk is full, so there is no search index. Free some space.'],
    );
  } else if (data.index_behind !== true) {
    assert.equal((data.hits as unknown[]).length, Math.min(100, acknowledged.length));
  }

  child.stdin.write('room\n');
  assert.equal((await lines.next()).value, 'room');
  const id = await say(anna, requests + 2);
  assert.deepEqual(await history(anna), [...kept, id]);
  assert.equal((await sayByRest()).status, 200);
  await found(anna, acknowledged.length + 2);
  const ended = once(child, 'exit');
  child.stdin.end();
  assert.deepEqual(await ended, [0, null]);
});
