import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
import type { SourceFile, Violation } from './source-tree.ts';
import { fileLength, lineWidth } from './text-rules.ts';

/** Each rule is fed a bad example, so that a rule that no longer bites is seen. */

const importing = (path: string, text: string) => importsOf({ path, text });
const messages = (violations: readonly Violation[]): string[] => violations.map(({ message }) => message);

describe('import layers', () => {
  const refused: readonly [from: string, to: string, why: string][] = [
    ['src/lib/clock.ts', '../protocol/limits.ts', 'lib may not import protocol (src/protocol/limits.ts)'],
    ['src/protocol/codec.ts', '../store/store.ts', 'protocol may not import store (src/store/store.ts)'],
    ['src/store/sqlite/engine.ts', '../../chat/a.ts', 'store may not import chat (src/chat/a.ts)'],
    ['src/team/team.ts', '../auth/policy.ts', 'team may not import auth (src/auth/policy.ts)'],
    ['src/tasks/tasks.ts', '../chat/messages.ts', 'tasks may not import chat (src/chat/messages.ts)'],
    ['src/files/locks.ts', '../tasks/tasks.ts', 'files may not import tasks (src/tasks/tasks.ts)'],
    ['src/chat/messages.ts', '../gateway/fan-out.ts', 'chat may not import gateway (src/gateway/fan-out.ts)'],
    ['src/client/index.ts', '../store/store.ts', 'client may not import store (src/store/store.ts)'],
    ['src/worker/main.ts', '../tasks/tasks.ts', 'worker may not import tasks (src/tasks/tasks.ts)'],
    ['src/cli/chat.ts', '../app.ts', 'cli may not import app.ts (src/app.ts)'],
    ['src/gateway/session.ts', '../app.ts', 'gateway may not import app.ts (src/app.ts)'],
    ['web/src/main.tsx', '../../src/app.ts', 'web may not import app.ts (src/app.ts)'],
    ['src/newcomer/a.ts', '../lib/clock.ts', '"newcomer" has no place in the layers yet'],
    ['src/lib/clock.ts', '../../test/support/x.ts', 'test/support/x.ts is for tests only'],
    ['src/lib/clock.ts', './ids.test.ts', 'src/lib/ids.test.ts is for tests only'],
  ];
  for (const [from, to, why] of refused) {
    test(`${from} -> ${to} is refused`, () => {
      const [message = 'allowed'] = messages(layerViolations(importing(from, `import { a } from '${to}';`)));
      assert.ok(message.startsWith(why), message);
    });
  }

  test('every way of importing counts', () => {
    const ways = [
      `import { a } from '../chat/messages.ts';`,
      `import type { A } from '../chat/messages.ts';`,
      `import '../chat/messages.ts';`,
      `export { a } from '../chat/messages.ts';`,
      `export * from '../chat/messages.ts';`,
      `export type { A } from '../chat/messages.ts';`,
      `const { a } = await import('../chat/messages.ts');`,
      `let a: import('../chat/messages.ts').A;`,
      `new Worker(siblingModule(import.meta.url, '../chat/messages'));`,
    ];
    for (const way of ways)
      assert.equal(layerViolations(importing('src/tasks/tasks.ts', way)).length, 1, way);
  });

  test('downwards, tests and the wiring are allowed', () => {
    const allowed = [
      ...importing('src/chat/messages.ts', `import '../store/store.ts'; import '../team/team.ts';`),
      ...importing(
        'src/chat/messages.test.ts',
        `import '../gateway/a.ts'; import '../../test/support/a.ts';`,
      ),
      ...importing('src/app.ts', `import './chat/messages.ts'; import './http/server.ts';`),
      ...importing('src/supervisor.ts', `import './config.ts'; import './lib/clock.ts';`),
      ...importing('src/cli/server.ts', `import '../app.ts';`),
      ...importing('web/src/main.tsx', `import '../../src/client/index.ts'; import 'react';`),
    ];
    assert.deepEqual(layerViolations(allowed), []);
  });
});

test('a circle is found, and told with the way round', () => {
  const circle = [
    ...importing('src/lib/a.ts', `import './b.ts';`),
    ...importing('src/lib/b.ts', `import type { C } from './c.ts';`),
    ...importing('src/lib/c.ts', `export * from './a.ts';`),
  ];
  const way = 'imports itself in a circle: src/lib/a.ts -> src/lib/b.ts -> src/lib/c.ts -> src/lib/a.ts';
  assert.deepEqual(messages(cycles(circle)), [way]);
  assert.deepEqual(cycles(circle.slice(1)), []);
});

test('a module of Node in the protocol, the client or the page is found', () => {
  for (const path of ['src/protocol/codec.ts', 'src/client/link.ts', 'web/src/main.tsx']) {
    assert.equal(browserViolations(importing(path, `import { join } from 'node:path';`)).length, 1, path);
  }
  const indirect = [
    ...importing('src/client/link.ts', `import type { Log } from '../lib/log.ts';`),
    ...importing('src/lib/log.ts', `import 'node:fs';`),
  ];
  assert.equal(browserViolations(indirect).length, 1);
  assert.deepEqual(browserViolations(importing('src/client/link.test.ts', `import 'node:test';`)), []);
  assert.deepEqual(browserViolations(importing('src/store/store.ts', `import 'node:sqlite';`)), []);
});

test('schemas that a thread of the store loads are found, types of theirs are not', () => {
  const thread = (text: string) => [
    ...importing('src/store/sqlite/thread.ts', `const { a } = await import('./rows.ts');`),
    ...importing('src/store/sqlite/rows.ts', text),
    ...importing('src/protocol/entities.ts', `import { z } from 'zod';`),
  ];
  const from = `'../../protocol/entities.ts'`;
  for (const text of [`import { type A, a } from ${from};`, `export { a } from ${from};`, `import ${from};`])
    assert.equal(threadViolations(thread(text)).length, 1, text);
  for (const text of [`import type { A } from ${from};`, `export type { A } from ${from};`])
    assert.deepEqual(threadViolations(thread(text)), [], text);
});

test('a test of a browser or of the real opencode is found outside of the folders for them', () => {
  const uses = (path: string) =>
    testSetViolations(importing(path, `import { launchBrowser } from '../support/browser.ts';`)).length;
  assert.deepEqual(
    ['test/server/a.test.ts', 'test/browser/a.test.ts', 'test/system/a.test.ts', 'test/server/a.ts'].map(
      uses,
    ),
    [1, 0, 0, 0],
  );
});

test('a file that nothing runs is found, one that a thread runs is not', () => {
  const paths = ['src/main.ts', 'src/thread.ts', 'src/used.ts', 'src/orphan.ts', 'src/orphan.test.ts'];
  const imports = [
    ...importing('src/main.ts', `import './used.ts';`),
    ...importing('src/used.ts', `new Worker(siblingModule(import.meta.url, './thread'));`),
    ...importing('src/orphan.test.ts', `import './orphan.ts';`),
  ];
  const found = orphans(paths, imports, ['src/main.ts']);
  assert.deepEqual(
    found.map(({ path }) => path),
    ['src/orphan.ts'],
  );
});

test('a wide line is found; tables and addresses are excepted', () => {
  const wide = (text: string, path = 'src/a.ts') => lineWidth({ path, text }).map(({ line }) => line);
  assert.deepEqual(wide(`short\n${'x'.repeat(111)}`), [2]);
  assert.deepEqual(wide('x'.repeat(110)), []);
  assert.deepEqual(wide('é'.repeat(110)), []);
  assert.deepEqual(wide('x'.repeat(111), 'docs/A.md'), [1]);
  assert.deepEqual(wide(`| ${'x'.repeat(111)} |`, 'docs/A.md'), []);
  assert.deepEqual(wide(`| ${'x'.repeat(111)} |`), [1]);
  assert.deepEqual(wide(`// https://example.org/${'x'.repeat(111)}`), []);
});

test('a long file is found', () => {
  assert.equal(fileLength({ path: 'src/a.ts', text: 'a;\n'.repeat(401) }).length, 1);
  assert.equal(fileLength({ path: 'web/src/a.css', text: '\n'.repeat(401).concat('a{}') }).length, 1);
  assert.deepEqual(fileLength({ path: 'src/a.ts', text: 'a;\n'.repeat(400) }), []);
  assert.deepEqual(fileLength({ path: 'docs/a.md', text: 'a\n'.repeat(900) }), []);
});

describe('code', () => {
  const check = (text: string, path = 'src/a.test.ts') => codeRules({ path, text } satisfies SourceFile);
  const bad = [
    'let a: any;',
    'const a = b as unknown as any[];',
    '// @ts-ignore\na();',
    '/* @ts-nocheck */',
    `test.only('a', () => {});`,
    `test.skip('a', () => {});`,
    `describe.todo('a');`,
    `test('a', (t) => { t.skip('flaky'); });`,
    `test('a', (t) => { if (slow) t.skip(); });`,
    `if (slow) test.skip('a', () => {});`,
    `test('a', { skip: true }, () => {});`,
    `test('a', { skip: 'flaky' }, () => {});`,
    'await new Promise((resolve) => setTimeout(resolve, 50));',
    'await new Promise<void>((done) => { setTimeout(() => done(), 50); });',
    'await new Promise(function (resolve) { setTimeout(resolve, 50); });',
    'await sleep(50);',
    `import { setTimeout as pause } from 'node:timers/promises';`,
  ];
  for (const text of bad) test(`found: ${text}`, () => assert.equal(check(text).length, 1));

  const good = [
    'const any = "any"; // any and @ts-ignore in a sentence',
    '// @ts-expect-error: a number is refused\na(1);',
    `test('a', { skip: reasonOrFalse }, () => {});`,
    `test('a', (t) => { if (!mounted) { t.skip('nobody may mount here'); return; } });`,
    `const text = "test.only('a')";`,
    'await new Promise((_resolve, reject) => setTimeout(reject, 50));',
    'await new Promise((resolve) => socket.once("open", resolve)); setTimeout(close, 50);',
  ];
  for (const text of good) test(`allowed: ${text}`, () => assert.deepEqual(check(text), []));

  test('waiting is for tests to avoid, not for the product', () => {
    assert.deepEqual(check('await new Promise((resolve) => setTimeout(resolve, 50));', 'src/a.ts'), []);
  });
});
