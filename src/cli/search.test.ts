import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { chatMessage, furnish } from '../../test/support/chat-script.ts';
import { type Cli, openCli } from '../../test/support/cli-process.ts';
import { type FakeServer, startFakeServer } from '../../test/support/fake-server.ts';
import { SearchHit } from '../protocol/index.ts';
import { hitPageLines } from './message-lines.ts';
import { createStyle } from './style.ts';
import { textWidth } from './text.ts';

let server: FakeServer;
let cli: Cli;

beforeEach(async () => {
  server = await startFakeServer();
  furnish(server, [chatMessage(9, 'bob', 'said last')]);
  cli = openCli({ OPENCODE_SLACK_SERVER: server.url, OPENCODE_SLACK_TOKEN: 'secret' });
});

afterEach(async () => {
  await cli.close();
  await server.stop();
});

function hit(id: number, more: Readonly<Record<string, unknown>> = {}) {
  const snippet = [
    { text: 'we ', hit: false },
    { text: 'deploy', hit: true },
    { text: ' today\u001b[2J', hit: false },
  ];
  return { ...chatMessage(id, 'bob', ''), snippet, ...more };
}

/** Answers searches page by page; the cursor is the number of the page. */
function findPages(...pages: readonly (readonly object[])[]): void {
  server.answer('search', ({ fields }) => {
    const page = Number(fields.cursor ?? 0);
    const next_cursor = page + 1 < pages.length ? String(page + 1) : null;
    return { type: 'search_results', data: { hits: pages[page], next_cursor, index_behind: false } };
  });
}

test('a search lists where, who and what; goes on; opens a message among those around it', async () => {
  const first = Array.from({ length: 20 }, (_, n) => hit(40 - n));
  findPages(first, [], [hit(7, { conversation_id: 'c_old', thread_id: 5 })]);
  const chat = cli.run(['chat']);
  await chat.says(/You are ann/);
  chat.type('/search deploy from:bob');
  await chat.says(
    /#40 \[#main\] bob {2}we deploy today\n[\s\S]*\/open ID shows[\s\S]*There may be more: \/more\n/,
  );
  assert.equal((await server.frame('search')).fields.q, 'deploy from:bob');
  chat.type('/more');
  await chat.says(/#7 \[#c_old\] ↳ #5 bob {2}we deploy today\n/);
  chat.type('/more');
  await chat.says(/There is no more\./);
  chat.type('/open 7');
  await chat.says(/── #7 in #c_old ──/);
  const opened = server.frames.filter(({ type }) => type === 'get_chat_history').at(-1);
  assert.deepEqual(opened?.fields, { conversation_id: 'c_old', thread_id: 5, around: 7, limit: 15 });
  chat.type('/reply 7 yes');
  assert.equal((await server.frame('chat_message')).fields.conversation_id, 'c_old');
  const message = 'before: "soon" is no date.';
  server.answer('search', () => ({ type: 'error', code: 'bad_frame', message }));
  chat.type('/search before:soon');
  await chat.says(/before: "soon" is no date\./);
  chat.endOfInput();
  assert.ok(!(await chat.ended).output.includes('\u001b'));
});

test('from the shell: the order asked for, as lines or as JSON', async () => {
  findPages([hit(40)], [hit(7)]);
  const lines = await cli.run(['search', 'deploy', 'from:bob', '--ranked', '--limit', '2']).ended;
  assert.match(
    lines.output,
    /^── 2026-11-22 ──\n.*#40 \[#main\] bob.*\n.*#7 \[#main\] bob {2}we deploy today\n$/,
  );
  const { fields } = await server.frame('search');
  assert.deepEqual(fields, { q: 'deploy from:bob', order: 'relevance', limit: 2 });
  const json = JSON.parse((await cli.run(['search', 'deploy', '--limit', '1', '--json']).ended).output);
  assert.deepEqual([json.hits.length, json.hits[0].id, json.has_more], [1, 40, true]);
  const both = await cli.run(['search', 'x', '--ranked', '--newest']).ended;
  assert.deepEqual([both.code, /cannot be used with/.test(both.output)], [2, true]);
  const tooMany = await cli.run(['search', 'x', '--limit', '101']).ended;
  assert.deepEqual([tooMany.code, /from 1 to 100, not "101"/.test(tooMany.output)], [2, true]);
});

test('what was searched for stands out, and lines break within the terminal', () => {
  const snippet = [{ text: 'side by side '.repeat(10).trim(), hit: true }];
  const found = SearchHit.parse(hit(12, { snippet }));
  const lines = hitPageLines([found], () => '#backend', {
    style: createStyle(true),
    self: 'ann',
    columns: 60,
  });
  assert.ok(lines.length > 3);
  for (const line of lines) assert.ok(textWidth(line) < 60, line);
  assert.ok(lines[1]?.includes(createStyle(true).paint('bold', createStyle(true).paint('yellow', 'side'))));
});
