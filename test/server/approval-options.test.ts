import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Approval } from '../../src/protocol/index.ts';
import { temporaryFolder } from '../support/app.ts';
import { enter } from '../support/person.ts';
import { startServerProcess } from '../support/server-process.ts';

/** The options of an agent program's own question are what people are offered, and exactly one is sent. */

const timeout = { timeout: 120_000 };
const program = fileURLToPath(new URL('../agents/choosing-agent.ts', import.meta.url));

async function openRoom(t: TestContext, policy: string) {
  const agent = ['--agent', 'command', '--agent-command', `${process.execPath} ${program}`];
  const args = [...agent, '--owner', 'olga', '--first-agent', 'elad', '--approve', policy];
  const { ask, client } = await enter(
    t,
    await startServerProcess(t, { folder: temporaryFolder(), args, env: {} }),
  );
  let asked = 0;
  return {
    ask,
    async question(text: string): Promise<Approval> {
      await ask({ type: 'chat_message', text: `@elad ask: ${text}` });
      const isNext = ({ data }: { data: Record<string, unknown> }) => Number(data.approval_id) > asked;
      const frame = await client.ever((each) => each.type === 'approval_requested' && isNext(each));
      asked = Number(frame.data.approval_id);
      return frame.data as unknown as Approval;
    },
    says: (text: string) =>
      client.ever(({ type, data }) => type === 'chat_message' && String(data.text).includes(text)),
    work: (text: string) => ask({ type: 'chat_message', text: `@elad ask: ${text}` }),
  };
}

test(
  "a program's own options are offered with their names, in its order, and exactly the chosen one is sent",
  timeout,
  async (t) => {
    const room = await openRoom(t, 'execute=ask,other=auto');
    const { ask } = room;

    const asked = await room.question('database');
    assert.equal(asked.title, 'Which database?');
    assert.deepEqual(asked.options, [
      { option_id: 'pg', name: 'PostgreSQL', kind: 'allow_once' },
      { option_id: 'my', name: 'MySQL', kind: 'allow_once' },
    ]);
    const answer = { type: 'answer_approval', approval_id: asked.approval_id };
    const refused = await ask({ ...answer, answer: 'once' }).catch((error: unknown) => error);
    assert.match(JSON.stringify(refused, ['message', 'code']), /options of its own.*pg.*PostgreSQL.*my/);
    await ask({ ...answer, option_id: 'my' });
    await room.says('I was told my.');

    const none = await room.question('database');
    await ask({ type: 'answer_approval', approval_id: none.approval_id, answer: 'deny' });
    await room.says('I was told nothing.');
  },
);

test(
  'a program that offers only "always" and "no" is told yes when a person allows, but never for a change',
  timeout,
  async (t) => {
    const room = await openRoom(t, 'execute=ask,edit=auto');
    const asked = await room.question('always or no');
    assert.match(asked.always_means, /it may not ask again/);
    await room.ask({ type: 'answer_approval', approval_id: asked.approval_id, answer: 'once' });
    await room.says('I was told ever.');
    await room.work('edit always or no');
    await room.says('I was told no.');
  },
);
