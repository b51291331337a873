import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type ChangedFile,
  type ChatMessage,
  memberNames,
  parseMentions,
  type TaskNotification,
} from '../../src/protocol/index.ts';
import { requestOf } from '../../src/tasks/request.ts';
import { temporaryFolder } from '../support/app.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { enter, type Person } from '../support/person.ts';
import { phrasings, talk } from '../support/phrasings.ts';
import { startServerProcess } from '../support/server-process.ts';

/** People ask in their own words and languages; each request reaches its agent, which may edit. */

const agents = ['elad', 'dana', 'omri', 'zoe', 'noa', 'lior', 'maya', 'tal'];
const asked = phrasings.map((text, index) => {
  const name = agents[index % agents.length] ?? '';
  return { name, text: text.replace('NAME', name), file: `${index}.txt` };
});
/** Each of the phrasings is a turn of the real opencode. */
const timeout = { timeout: 600_000 };

async function openTeam(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const folder = temporaryFolder();
  const options = { folder, args: [...args, '--owner', 'olga', '--first-agent', 'elad'] };
  const server = await startServerProcess(t, { ...options, env: env as Record<string, string> });
  const olga = await enter(t, server);
  for (const name of agents.slice(1)) await olga.ask({ type: 'hire_agent', name });
  return { olga, project: join(folder, '.opencode-slack', 'playground') };
}

/** Says everything, and waits until every message has its task ended. */
async function askAll({ ask, client }: Person): Promise<{ message: ChatMessage; end: TaskNotification }[]> {
  const messages: ChatMessage[] = [];
  for (const { text } of asked) {
    messages.push((await ask({ type: 'chat_message', text })).data.message as ChatMessage);
  }
  const ends = ['completed', 'failed', 'stopped', 'interrupted'];
  return Promise.all(
    messages.map(async (message) => {
      const end = await client.ever(({ type, data }) => {
        const { message_id } = (data.metadata ?? {}) as { message_id?: number };
        return type === 'task_notification' && message_id === message.id && ends.includes(String(data.type));
      });
      return { message, end: end.data as unknown as TaskNotification };
    }),
  );
}

function changesOf({ client }: Person, taskId: string): ChangedFile[] {
  const completion = client.frames.find(
    ({ type, data }) => type === 'task_completion' && data.task_id === taskId,
  );
  // The others work beside it: their changes are not its own.
  return ((completion?.data.changes ?? []) as ChangedFile[]).filter(({ attributed }) => attributed);
}

test('at least 60 phrasings in ten languages are tried, and 20 that ask nobody', () => {
  assert.ok(phrasings.length >= 60, String(phrasings.length));
  assert.equal(new Set(phrasings).size, phrasings.length);
  assert.equal(talk.length, 20);
});

test(
  'whatever people ask, in whatever words, is done by a program that edits what it is told',
  timeout,
  async (t) => {
    const program = fileURLToPath(new URL('./eager-agent.ts', import.meta.url));
    const command = `${process.execPath} ${program}`;
    const { olga, project } = await openTeam(t, ['--agent', 'command', '--agent-command', command]);
    const ended = await askAll(olga);
    const edited = readdirSync(project)
      .filter((file) => file.startsWith('edit-'))
      .map((file) => readFileSync(join(project, file), 'utf8'));
    ended.forEach(({ message, end }, index) => {
      const { name = '' } = asked[index] ?? {};
      assert.deepEqual([end.type, end.agent_name], ['completed', name], message.text);
      assert.equal(changesOf(olga, end.task_id).length, 1, message.text);
      const { description } = requestOf(message, name);
      assert.ok(
        edited.some((text) => text.includes(description)),
        message.text,
      );
    });
  },
);

test('the real opencode may edit for each of them, with nobody asked', timeout, async (t) => {
  const model = await startModelServer();
  t.after(() => model.close());
  const env = await writeOpencodeHome(temporaryFolder(), model.baseUrl);
  const { olga, project } = await openTeam(t, ['--agent', 'opencode'], env);
  for (const { text, name, file } of asked) {
    const { entities } = parseMentions(text, memberNames(agents));
    const { description } = requestOf({ text, metadata: {}, entities }, name);
    const input = { filePath: join(project, file), content: `${description}\n` };
    model.script(description, [{ tools: [{ name: 'write', input }] }, { text: 'It is there.' }]);
  }
  const ended = await askAll(olga);
  ended.forEach(({ message, end }, index) => {
    const { file = '' } = asked[index] ?? {};
    assert.equal(end.type, 'completed', `${message.text}: ${end.metadata.reason}`);
    assert.deepEqual(
      changesOf(olga, end.task_id).map(({ path }) => path),
      [file],
      message.text,
    );
  });
});

test('what people say to each other wakes nobody, and a notice says whom to mention', timeout, async (t) => {
  const { olga } = await openTeam(t, ['--workers', 'none']);
  for (const text of talk) {
    olga.client.send({ type: 'chat_message', text: text.replace('NAME', 'elad') });
    const { data } = await olga.client.nextOf('notice');
    assert.match(String(data.code), /wakes_nobody|unknown_mention/, text);
  }
  // Messages are acted on in their order.
  await olga.ask({ type: 'chat_message', text: '@elad now you' });
  const first = await olga.client.ever(({ type }) => type === 'task_notification');
  assert.equal(first.data.task_description, 'now you');
});
