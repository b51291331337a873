import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFiles } from '../../scripts/test-files.ts';
import { temporaryFolder } from '../support/app.ts';

const lot = JSON.stringify(new URL('../../scripts/test-lot.ts', import.meta.url).href);

/** Runs files with these texts as one lot, and gives back the exit code with the report. */
function runLotOf(texts: readonly string[]) {
  const folder = temporaryFolder();
  const files = texts.map((text, at) => {
    const file = join(folder, `${at}.test.mjs`);
    writeFileSync(file, `import { beforeEach, test } from 'node:test';\n${text}`);
    return file;
  });
  const program = join(folder, 'lot.mjs');
  writeFileSync(program, `import { runLot } from ${lot};\nrunLot(${JSON.stringify(files)});\n`);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ['--test', '--test-reporter=tap', '--test-force-exit', program];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  return { status, counts: Object.fromEntries(stdout.matchAll(/^# (tests|pass|fail) (\d+)$/gm).map(pair)) };
}

const pair = ([, name = '', count = '']: RegExpMatchArray) => [name, Number(count)];

test('files that share a process run one after the other, each with its own hooks', () => {
  const alone = `
    globalThis.open ??= 0;
    let begun = 0;
    beforeEach(() => { begun += 1; });
    for (const nth of [1, 2]) test('test ' + nth, async () => {
      globalThis.open += 1;
      await new Promise(setImmediate);
      if (begun !== nth || globalThis.open !== 1) throw new Error(begun + ' ' + globalThis.open);
      globalThis.open -= 1;
    });`;
  assert.deepEqual(runLotOf([alone, alone]), { status: 0, counts: { tests: 4, pass: 4, fail: 0 } });
});

test('a file that fails, or cannot be loaded, fails its lot; the others run', () => {
  const good = `test('good', () => {});`;
  for (const bad of [`test('bad', () => { throw new Error('no'); });`, `import './nowhere.mjs';`]) {
    const { status, counts } = runLotOf([bad, good]);
    assert.deepEqual([status, counts.pass], [1, 1], bad);
  }
});

test('every file of tests is run by one of the two commands', () => {
  const [quick, system] = [testFiles(false), testFiles(true)];
  assert.deepEqual(
    quick.filter((file) => system.includes(file)),
    [],
  );
  assert.ok(quick.includes('test/house/test-lot.test.ts') && quick.includes('src/auth/policy.test.ts'));
  assert.ok(system.includes('test/browser/page.test.ts') && system.includes('test/agents/demo.test.ts'));
});
