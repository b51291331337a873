import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startApp } from '../support/app.ts';
import { type Cli, type CliProcess, openCli } from '../support/cli-process.ts';
import { rawClient } from '../support/raw-client.ts';

interface Server {
  readonly webSocketUrl: string;
  readonly httpUrl: string;
  readonly signInLink: string;
}

/** A session's token for whoever opens a link. */
async function tokenOf(t: TestContext, { webSocketUrl }: Server, link: string): Promise<string> {
  const client = await rawClient(t, webSocketUrl);
  client.send({ type: 'auth', method: 'link', code: link.split('code=')[1] });
  return String((await client.nextOf('auth_success')).session_token);
}

async function linkFor(server: Server, token: string, user_id: string): Promise<string> {
  const response = await fetch(`${server.httpUrl}/auth/links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user_id, role: 'developer' }),
  });
  return ((await response.json()) as { link: string }).link;
}

/** The terminals of the owner, olga, and of ruth, each on a machine of its own. */
async function terminals(t: TestContext): Promise<{ olga: Cli; ruth: Cli }> {
  const server = await startApp(t);
  const owner = await tokenOf(t, server, server.signInLink);
  const guest = await tokenOf(t, server, await linkFor(server, owner, 'ruth'));
  const [olga, ruth] = [owner, guest].map((token) =>
    openCli({ OPENCODE_SLACK_SERVER: server.webSocketUrl, OPENCODE_SLACK_TOKEN: token }),
  );
  if (olga === undefined || ruth === undefined) throw new Error('two tokens make two terminals');
  t.after(() => Promise.all([olga.close(), ruth.close()]));
  return { olga, ruth };
}

/** The id that stands before a message. */
function idOf(chat: CliProcess, words: string): string {
  return new RegExp(`#(\\d+) .*${words}`).exec(chat.output())?.[1] ?? 'not shown';
}

test('two people at two terminals: a channel, a direct message, a thread, an edit, a reaction', async (t) => {
  const terminal = await terminals(t);
  const olga = terminal.olga.run(['chat']);
  await olga.says(/You are olga/);
  const ruth = terminal.ruth.run(['chat']);
  await ruth.says(/You are ruth/);

  olga.type('/create backend');
  olga.type('shall we use SQLite?');
  await olga.says(/── #backend ──[\s\S]*olga {2}shall we use SQLite\?/);
  await ruth.says(/olga created #backend: \/join #backend/);
  ruth.type('/join backend');
  await ruth.says(/── #backend ──[\s\S]*olga {2}shall we use SQLite\?/);

  const root = idOf(ruth, 'SQLite');
  ruth.type(`/reply ${root} yes, it is enuogh`);
  const reply = new RegExp(`↳ #${root} ruth {2}yes, it is enuogh`);
  await Promise.all([olga.says(reply), ruth.says(reply)]);
  ruth.type('/edit yes, it is enough');
  await olga.says(/✎ ruth edited #\d+: yes, it is enough/);
  olga.type(`/react ${idOf(olga, 'enuogh')} 🎉`);
  await ruth.says(/🎉 olga on #\d+ “yes, it is enough”/);
  olga.type(`/thread ${root}`);
  await olga.says(/ruth {2}yes, it is enough \(edited\)\n +🎉 olga\n/);

  olga.type('/go main');
  await olga.says(/── #main ──/);
  ruth.type('one for the counter');
  ruth.type('@olga and one for you');
  await olga.says(/\[#backend\] ruth {2}@olga and one for you/);
  ruth.type('/dm olga between us');
  await olga.says(/\[@ruth\] ruth {2}between us/);
  olga.type('/channels');
  await olga.says(/\* {2}#main .*\n {3}#backend {2}2 unread, 1 for you {2}2 members\n {3}@ruth +1 unread\n/);
  assert.doesNotMatch(olga.output(), /one for the counter/);

  const counted = await terminal.olga.run(['channels']).ended;
  assert.match(counted.output, /#backend {2}2 unread, 1 for you/);
  olga.type('/go backend');
  await olga.says(/── new ──\n.*ruth {2}one for the counter\n/);
  olga.type('/go @ruth');
  await olga.says(/── @ruth ──\n.*\n── new ──\n.*ruth {2}between us\n/);
  olga.endOfInput();
  assert.equal((await olga.ended).code, 0);
  const read = await terminal.olga.run(['channels']).ended;
  assert.doesNotMatch(read.output, /#backend.*unread|@ruth.*unread/);
});

test('from the shell: a message to a person, the conversation, and what is refused', async (t) => {
  const { olga, ruth } = await terminals(t);
  const sent = await olga.run(['send', '--to', '@ruth', 'are', 'you', 'there?']).ended;
  assert.deepEqual([sent.code, sent.output], [0, 'Sent.\n']);
  const answered = await ruth.run(['send', '--to', '@olga', 'yes']).ended;
  assert.equal(answered.code, 0);
  const said = await ruth.run(['history', '--in', '@olga']).ended;
  assert.match(said.output, /olga {2}are you there\?\n.*ruth {2}yes\n$/);
  const last = await ruth.run(['history', '--in', '@olga', '--limit', '1']).ended;
  assert.doesNotMatch(last.output, /there/);
  for (const [args, sentence, status] of [
    [['history', '--in', 'nowhere'], 'There is no conversation "nowhere".\n', 1],
    [['history', '--limit', 'all'], '--limit takes a number from 1 to 200, not "all".\n', 2],
    [['send', '--to', '@nobody', 'hello'], 'Nobody here is called "nobody".\n', 1],
  ] as const) {
    const { code, output } = await ruth.run(args).ended;
    assert.deepEqual([code, output], [status, sentence]);
  }
});

test('a line of tasks is shown, moved in and given away; its tasks are steered and retried', async (t) => {
  const { olga } = await terminals(t);
  const chat = olga.run(['chat']);
  await chat.says(/You are olga/);
  chat.type('/hire zoe designer');
  await chat.says(/zoe was hired/);
  for (const task of ['paint the door', 'paint the roof', 'paint the wall'])
    chat.type(`/assign elad ${task}`);
  await chat.says(/Given to elad: paint the wall/);
  chat.type('/queue @elad');
  await chat.says(
    /1 +from olga +paint the door\n *2 +from olga +paint the roof\n *3 +from olga +paint the wall/,
  );
  chat.type('/move elad 3 1');
  await chat.says(
    /1 +from olga +paint the wall\n *2 +from olga +paint the door\n *3 +from olga +paint the roof/,
  );
  chat.type('/steer elad --now in blue');
  await chat.says(/olga {2}@elad in blue/);
  chat.type('/reassign elad zoe 2');
  await chat.says(/Given to zoe: paint the door/);
  chat.type('/cancel elad 2');
  await chat.says(/Cancelled: paint the roof/);
  chat.type('/cancel elad 2');
  await chat.says(/Nothing waits at place 2: \/queue elad/);
  chat.type('/retry elad');
  await chat.says(/Given to elad: paint the roof/);
  chat.type('/continue zoe');
  await chat.says(/zoe has no such task/);
  chat.type('/move elad 1');
  await chat.says(/Usage: \/move NAME PLACE TO/);
});
