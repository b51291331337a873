import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { exportLines } from '../../src/maintenance/export.ts';
import { type ChatMessage, limits, type SearchPage } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { hostileTexts } from '../support/hostile-texts.ts';
import { developer, type Frame, type RawClient } from '../support/raw-client.ts';

/** Any text that is taken is told, kept, found and exported as it was said. */

let requests = 0;

async function ask(client: RawClient, type: string, fields: object = {}): Promise<Frame> {
  requests += 1;
  const request_id = `h${requests}`;
  client.send({ type, ...fields, request_id });
  return client.ever((frame) => frame.request_id === request_id);
}

/** Half of a pair of surrogates is no character, and has no place in UTF-8. */
const kept = (text: string) => text.toWellFormed();

async function sayAll(t: TestContext) {
  const app = await startApp(t, { developmentMode: 'true', rateLimitFactor: '1000' });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  const said: ChatMessage[] = [];
  for (const [what, text] of Object.entries(hostileTexts)) {
    const { data } = await ask(anna, 'chat_message', { text });
    // A text that shows nothing may be refused; nothing else may be.
    if (data.message === undefined) assert.doesNotMatch(text, /[\p{L}\p{N}\p{P}]/u, what);
    else said.push(data.message as ChatMessage);
  }
  return { app, anna, said };
}

test('every text is told, and read again over both doors, as it was said', async (t) => {
  const { app, anna, said } = await sayAll(t);
  const texts = new Set(Object.values(hostileTexts).map(kept));
  const expected = said.map(({ text }) => text);
  for (const { text } of said) assert.ok(texts.has(text), JSON.stringify(text.slice(0, 80)));
  const heard = anna.frames.filter(({ type }) => type === 'chat_message').map(({ data }) => data.text);
  assert.deepEqual(
    heard.filter((text) => texts.has(String(text))),
    expected,
  );
  const history = await ask(anna, 'get_chat_history', {
    ...{ conversation_id: 'main', limit: limits.historyPageMax },
  });
  const messages = history.data.messages as ChatMessage[];
  assert.deepEqual(
    messages.filter(({ sender_name }) => sender_name === 'anna').map(({ text }) => text),
    expected,
  );
  const response = await fetch(`${app.httpUrl}/conversations/main/messages?limit=${limits.historyPageMax}`);
  assert.equal(response.status, 200);
  const overRest = ((await response.json()) as { messages: ChatMessage[] }).messages;
  assert.deepEqual(
    overRest.filter(({ sender_name }) => sender_name === 'anna').map(({ text }) => text),
    expected,
  );
});

test('the search takes any text as a query, and shows any text as a snippet', async (t) => {
  const { anna, said } = await sayAll(t);
  for (const [what, text] of Object.entries(hostileTexts)) {
    const q = text.slice(0, limits.searchQueryCharsMax);
    const answer = await ask(anna, 'search', { q });
    assert.ok(['search_results', 'error'].includes(answer.type), what);
    if (answer.type === 'error') assert.equal(answer.code, 'bad_frame', `${what}: ${answer.message}`);
  }
  const found = new Map<number, SearchPage['hits'][number]>();
  let cursor: string | null | undefined;
  do {
    const { data } = await ask(anna, 'search', { q: 'from:anna', limit: 100, ...(cursor ? { cursor } : {}) });
    const page = data as unknown as SearchPage;
    for (const hit of page.hits) found.set(hit.id, hit);
    cursor = page.next_cursor;
  } while (cursor);
  for (const { id, text } of said) {
    const snippet =
      found
        .get(id)
        ?.snippet.map((part) => part.text)
        .join('') ?? '';
    assert.ok(snippet.isWellFormed());
    assert.ok(
      snippet.length <= limits.searchSnippetCharsMax + 40,
      `${snippet.length} of ${text.slice(0, 40)}`,
    );
    assert.ok(text.trim() === '' || snippet !== '', JSON.stringify(text.slice(0, 40)));
  }
});

test('every text is exported on a line of its own', async (t) => {
  const { app, said } = await sayAll(t);
  const lines = [
    ...exportLines({
      ...{
        dbPath: join(app.folder, '.opencode-slack', 'chat.db'),
        conversation: 'main',
        after: null,
        at: new Date(),
      },
      programVersion: '1.0.0',
    }),
  ].map((line) => JSON.parse(line) as { type: string; sender_name?: string; text?: string });
  const exported = lines.filter(({ type, sender_name }) => type === 'message' && sender_name === 'anna');
  assert.deepEqual(
    exported.map(({ text }) => text),
    said.map(({ text }) => text),
  );
});
