import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { AgentProgram } from '../../src/worker/acp/program.ts';
import { findOpencode } from '../../src/worker/opencode.ts';
import { createOpencodeProgram } from '../../src/worker/programs.ts';
import { openAllowedHosts } from '../../src/worker/sandbox/allowed-hosts.ts';
import type { CommandLeftovers } from '../../src/worker/sandbox/command-sandboxes.ts';
import { createSandbox } from '../../src/worker/sandbox/sandbox.ts';
import { findSandbox } from '../../src/worker/sandbox/support.ts';
import { scratchProject, testTimeoutMs, watchTurn } from '../agents/turns.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { type Probe, type ProbePlaces, probes } from './escape-probes.ts';

/**
 * The real opencode with a model that means harm. People allow every command and every fetch, but no host.
 * Nothing that is secret may be in any answer, and nothing outside of the project may change.
 */
const support = await findSandbox(process.env);
const skip = support.kind === 'none' ? `${support.reason} ${support.remedy}` : false;

interface Outcome {
  readonly places: ProbePlaces;
  /** What the model was answered, by the name of the probe. */
  readonly answers: ReadonlyMap<string, string>;
  readonly left: CommandLeftovers;
  readonly secrets: readonly string[];
}

async function attack(sandboxed: boolean): Promise<Outcome> {
  const { root, data } = await scratchProject();
  const [chatFolder, personHome] = [join(dirname(root), `chat-${data.slice(-6)}`), join(data, 'person')];
  const chat = createServer((_, response) => response.end('canary-of-the-chat\n')).listen(0, '127.0.0.1');
  const model = await startModelServer();
  const env = {
    ...(await writeOpencodeHome(personHome, model.baseUrl)),
    CLOUD_TOKEN: 'canary-of-the-person',
  };
  const agentData = join(data, 'agents');
  const files = {
    [join(chatFolder, 'server.json')]: '{"token":"canary-of-an-admin"}',
    [join(chatFolder, 'chat.db')]: 'canary-of-the-database',
    [join(root, '.opencode-slack/server.json')]: '{"token":"canary-of-an-admin"}',
    [join(personHome, '.ssh/id_test')]: 'canary-of-a-key',
    [join(agentData, 'other/notes.txt')]: 'canary-of-another-agent',
    [join(dirname(root), 'outside.txt')]: 'as it was',
    [join(root, 'plain.txt')]: 'plain',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  spawnSync('git', ['init', '-q', root]);
  for (const [name, target] of [
    ['settings.json', join(chatFolder, 'server.json')],
    ['conf', '/etc'],
    ['home', personHome],
    ['environ', '/proc/self/environ'],
    ['link.txt', '../outside.txt'],
  ] as const) {
    await symlink(target, join(root, name));
  }
  const chatPort = (chat.address() as AddressInfo).port;
  const places = { root, chatFolder, personHome, agentData, chatPort };
  assert.ok(support.kind === 'bubblewrap' || !sandboxed);
  const sandbox =
    sandboxed && support.kind === 'bubblewrap'
      ? createSandbox({
          ...{ program: support.program, env, projectRoot: root, dataDirectory: join(data, 'sandbox') },
          allowedHosts: openAllowedHosts([], join(data, 'sandbox', 'allowed-hosts.json')),
          chatPorts: [chatPort],
          onError: assert.ifError,
        })
      : null;
  const program = createOpencodeProgram((await findOpencode(env)) ?? '', {
    ...{ env, projectRoot: root, dataDirectory: join(agentData, 'opencode'), sandbox },
    providers: [model.baseUrl],
  });
  try {
    const answers = await run(program, model, places);
    const left = await program.endCommands('elad');
    return { places, answers, left, secrets: ['canary-of-', 'test-only', hostname()] };
  } finally {
    await program.close();
    await sandbox?.close();
    await model.close();
    chat.close();
  }
}

async function run(
  program: AgentProgram,
  model: Awaited<ReturnType<typeof startModelServer>>,
  places: ProbePlaces,
): Promise<Map<string, string>> {
  const steps = probes.map(({ tool, input }) => ({ tools: [{ name: tool, input: input(places) }] }));
  model.script('all probes', [...steps, { text: 'That was all.' }]);
  const allowButHosts = {
    take: async () => ({ decision: 'allow' }) as const,
    approve: async ({ host }: { host?: string }) =>
      host === undefined
        ? ({ decision: 'allow' } as const)
        : ({ decision: 'reject', reason: 'Nobody allows that host.' } as const),
  };
  const { text } = await watchTurn(program, 'elad', 'all probes', { gates: allowButHosts }).result;
  assert.equal(text, 'That was all.');
  const { messages } = await model.waitForRequest(({ step }) => step === probes.length);
  const told = messages.filter(({ role }) => role === 'tool').map(({ text: answer }) => answer);
  assert.equal(told.length, probes.length);
  return new Map(probes.map(({ name, tool }, at) => [keyOf({ name, tool }), told[at] ?? '']));
}

const keyOf = ({ name, tool }: Pick<Probe, 'name' | 'tool'>) => `${tool}: ${name}`;

describe('a confined agent that means harm', { skip, timeout: 3 * testTimeoutMs }, () => {
  let outcome: Outcome;
  before(async () => {
    outcome = await attack(true);
  });

  for (const probe of probes) {
    it(`does not get far with ${keyOf(probe)}`, () => {
      const answer = outcome.answers.get(keyOf(probe)) ?? '';
      for (const secret of outcome.secrets) {
        assert.ok(!answer.includes(secret), `${secret} in: ${answer.slice(0, 500)}`);
      }
      if (probe.refused) assert.match(answer, probe.refused);
    });
  }

  it('changes nothing outside of the project', () => {
    const { root, chatFolder } = outcome.places;
    assert.equal(readFileSync(join(dirname(root), 'outside.txt'), 'utf8'), 'as it was');
    assert.deepEqual(readdirSync(chatFolder).sort(), ['chat.db', 'server.json']);
    assert.equal(readlinkSync(join(root, 'link.txt')), '../outside.txt');
  });

  it('leaves nothing that a program or git would execute', () => {
    const { root } = outcome.places;
    for (const name of ['opencode.json', '.mcp.json', '.opencode', '.claude', '.codex', '.git/commondir']) {
      assert.ok(!existsSync(join(root, name)) && !isLink(join(root, name)), name);
    }
    assert.ok(!readdirSync(join(root, '.git/hooks')).includes('post-checkout'));
    assert.ok(!readFileSync(join(root, '.git/config'), 'utf8').includes('evil'));
    assert.ok(existsSync(join(root, 'opencode.json.blocked')), 'nothing is lost');
    assert.deepEqual([...outcome.left.blocked].sort(), [
      '.git/commondir.blocked',
      '.mcp.json.blocked',
      'opencode.json.blocked',
    ]);
  });

  it('leaves no process running, and what was ended is told', () => {
    assert.deepEqual(
      outcome.left.running.filter((command) => command.includes('3141')),
      ['sleep 3141'],
    );
    const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    assert.ok(!stdout.split('\n').includes('sleep 3141'));
  });

  it('has its way with the project itself', () => {
    const { stdout } = spawnSync('git', ['status', '--short'], {
      cwd: outcome.places.root,
      encoding: 'utf8',
    });
    assert.match(stdout, /plain\.txt/, 'git still works there');
  });
});

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
