import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.ts';

/** The package as a user gets it: built, packed, looked at, installed, run. In directories of its own. */

const root = join(import.meta.dirname, '..', '..');
const tools = join(root, 'node_modules', '.bin');
const packedFrom =
  /^(bin|examples|scripts|src|web|package\.json|tsconfig.*\.json|README\.md|LICENSE|CHANGELOG\.md)$/;

let work: string;
let tarball: string;
let contents: string[];
let project: string;

before(async () => {
  work = await mkdtemp(join(tmpdir(), 'opencode-slack-package-'));
  const copy = join(work, 'source');
  await mkdir(copy);
  for (const name of (await readdir(root)).filter((found) => packedFrom.test(found))) {
    await cp(join(root, name), join(copy, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');

  const output = await run('npm', ['pack', '--json', '--silent', '--pack-destination', work], copy);
  const { filename, files } = packed(output);
  tarball = join(work, filename);
  contents = files;

  project = join(work, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  const quick = ['--prefer-offline', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...quick, tarball], project);
});

after(() => rm(work, { recursive: true, force: true }));

test('the package holds the program, its types and the page, and no tests', () => {
  const wanted = [
    'bin/opencode-slack.cjs',
    'dist/main.js',
    'dist/index.d.ts',
    'dist/web/index.html',
    'LICENSE',
  ];
  assert.deepEqual(
    wanted.filter((path) => !contents.includes(path)),
    [],
  );
  const unwanted = /^(src|test|web|scripts)\/|^dist\/.*(\.test\.|(?<!\.d)\.tsx?$)/;
  assert.deepEqual(
    contents.filter((path) => unwanted.test(path)),
    [],
  );
});

test('publint finds nothing to improve', async () => {
  assert.match(await run(join(tools, 'publint'), ['run', tarball, '--strict']), /All good/);
});

test('"are the types wrong" finds that they are right', async () => {
  await run(join(tools, 'attw'), [tarball, '--profile', 'esm-only', '--no-definitely-typed']);
});

test('the installed command tells its version and its help', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const command = ['--no-install', 'opencode-slack'];
  assert.equal((await run('npx', [...command, '--version'], project)).trim(), version);
  assert.match(await run('npx', [...command, '--help'], project), /server/);
});

test('the three entries can be imported, with their types', async () => {
  const names = ['opencode-slack', 'opencode-slack/client', 'opencode-slack/protocol'];
  const lines = names.map((name, index) => `import * as part${index} from '${name}';`);
  const sum = names.map((_, index) => `Object.keys(part${index}).length`).join(', ');
  await writeFile(
    join(project, 'use.ts'),
    `${lines.join('\n')}\nconsole.log([${sum}].every((n) => n > 0));\n`,
  );

  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
  await run(join(tools, 'tsc'), [...options, 'use.ts'], project);
  assert.equal((await run(process.execPath, ['use.ts'], project)).trim(), 'true');
});

test('an older Node is answered with a sentence, before anything else is loaded', async () => {
  const older = join(work, 'older.cjs');
  await writeFile(older, `Object.defineProperty(process.versions, 'node', { value: '20.20.2' });`);
  const launcher = join(root, 'bin', 'opencode-slack.cjs');
  await assert.rejects(
    run(process.execPath, ['--require', older, launcher, '--version']),
    (error: Failure) => {
      assert.equal(error.code, 1);
      assert.match(error.stderr, /^opencode-slack needs Node 24 or newer; this is Node 20\.20\.2/);
      return true;
    },
  );
});

test('the installed server shows the page, starts its worker, and ends when told to', async () => {
  const flags = ['--port', '0', '--websocket-port', '0', '--agent', 'demo'];
  const command = join(project, 'node_modules', '.bin', 'opencode-slack');
  const server = spawn(command, ['server', ...flags], { cwd: project, env: ownEnvironment() });
  const ended = once(server, 'exit');
  try {
    let output = '';
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (bytes) => (output += String(bytes)));
    const address = await eventually(async () => {
      assert.equal(server.exitCode, null, output);
      return /API +(http:\S+)\/docs/.exec(output)?.[1];
    }, 'address');

    const page = await fetch(address);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<script type="module"[^>]* src="/);
    await eventually(
      async () => {
        const { status } = (await (await fetch(new URL('/health', address))).json()) as { status: string };
        return status === 'healthy' || undefined;
      },
      () => `worker; the server said:\n${output}`,
    );
  } finally {
    server.kill('SIGTERM');
  }
  assert.deepEqual(await ended, [0, null]);
});

interface Failure {
  readonly code: number;
  readonly stderr: string;
}

/** As in a shell of its own: without the settings that the npm around this test hands down. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const inherited = /^(npm_|INIT_CWD|NODE_TEST_CONTEXT)/i;
  const own = Object.entries(process.env).filter(([name]) => !inherited.test(name));
  return { ...Object.fromEntries(own), NO_COLOR: '1', XDG_STATE_HOME: join(work, 'state') };
}

async function run(program: string, args: string[], cwd = work): Promise<string> {
  try {
    const options = { cwd, env: ownEnvironment(), timeout: 150_000 };
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    if (error instanceof Error) error.message += `\n${stdout}\n${stderr}`;
    throw error;
  }
}

/** npm's list, which scripts that run before packing may precede with lines of theirs. */
function packed(output: string): { filename: string; files: string[] } {
  const list: unknown = JSON.parse(output.slice(output.search(/^[[{]/m)));
  const [first] = Array.isArray(list) ? list : Object.values(list as Record<string, unknown>);
  const { filename, files } = first as { filename: string; files: { path: string }[] };
  return { filename, files: files.map(({ path }) => path) };
}
