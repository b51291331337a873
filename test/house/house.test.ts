import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNames, searchNames, writeNames } from '../../src/store/sqlite/operations.ts';
import { codeRules } from './code-rules.ts';
import { importsOf } from './imports.ts';
import {
  browserViolations,
  cycles,
  layerViolations,
  orphans,
  testSetViolations,
  threadViolations,
} from './layers.ts';
import { isTypeScript, readSourceTree, report, type Violation } from './source-tree.ts';
import { fileLength, lineWidth } from './text-rules.ts';

/** The command, and what the package exports (`exports` in package.json). */
const entries = ['src/main.ts', 'src/index.ts', 'src/client/index.ts', 'src/protocol/index.ts'];

const files = readSourceTree();
const imports = files.flatMap(importsOf);

const rules: Readonly<Record<string, () => Violation[]>> = {
  'imports go downwards only': () => layerViolations(imports),
  'no circle of imports, types included': () => cycles(imports),
  'what runs in browsers uses nothing of Node': () => browserViolations(imports),
  'the threads of the store load no schemas': () => threadViolations(imports),
  'what needs a browser or the real opencode is a test of the system': () => testSetViolations(imports),
  'something that runs imports every file': () => orphans(pathsOf(files), imports, entries),
  'lines are at most 110 characters wide': () => files.flatMap(lineWidth),
  'files are at most 400 lines long': () => files.flatMap(fileLength),
  'no `any`, no silenced compiler, no test left out, no sleep in a test': () => files.flatMap(codeRules),
};

for (const [promise, violations] of Object.entries(rules)) {
  test(`house: ${promise}`, () => {
    assert.ok(files.length > 0, 'source files are found');
    const found = violations();
    if (found.length > 0) assert.fail(`\n${report(found)}`);
  });
}

test('house: every import of ours names a file that exists, with its ending', () => {
  const known = new Set(pathsOf(files));
  const missing = imports.filter(({ to }) => isTypeScript(to) && /^(src|test)\//.test(to) && !known.has(to));
  assert.deepEqual(missing, []);
});

test('house: the contract of the store tries every operation', () => {
  const contract = files.filter(({ path }) => /^test\/(contracts\/|support\/store\.ts$)/.test(path));
  const text = contract.map((file) => file.text).join('\n');
  const names = [...writeNames, ...readNames, ...searchNames];
  const untried = names.filter((name) => !new RegExp(`\\bstore\\.${name}\\(|'${name}'`).test(text));
  assert.deepEqual(untried, []);
});

test('house: one file of the page knows the keys of input methods, and keeps them from all handlers', () => {
  const knowing = files.filter(({ path, text }) => /^web\//.test(path) && /isComposing|keyCode/.test(text));
  assert.deepEqual(pathsOf(knowing), ['web/src/lib/composition.ts']);
});

function pathsOf(list: readonly { path: string }[]): string[] {
  return list.map(({ path }) => path);
}
