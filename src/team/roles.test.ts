import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readRoles } from './roles.ts';

const ours = fileURLToPath(new URL('../../roles', import.meta.url));

function folder(t: TestContext, files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'roles-'));
  t.after(() => rmSync(path, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

test('the roles that come along have what they are good at and what they are told', () => {
  const roles = readRoles([ours]);
  assert.ok(roles.list().length >= 15);
  assert.deepEqual(roles.find('tester')?.expertise, ['testing', 'qa', 'debugging']);
  assert.equal(roles.find('FS-developer')?.name, 'fs-developer');
  assert.equal(roles.find('Frontend developer')?.category, 'engineering');
  assert.match(roles.find('pm')?.instructions ?? '', /You change no code/);
  assert.equal(roles.find('baker'), undefined);
});

test("a project's own roles stand above", (t) => {
  const own = folder(t, {
    'tester.md': '---\r\nexpertise: [bread]\r\n---\r\nTaste it.\r\n',
    'baker.md': '---\nexpertise: [bread, cake]\ncategory: kitchen\nmodel: smart\n---\n',
    'guard.md': '---\nexpertise: []\npolicy:\n  edit: ask\n  execute: deny\n---\n',
    'notes.txt': 'no role',
  });
  const roles = readRoles([ours, own, '/does/not/exist']);
  assert.deepEqual(roles.find('tester')?.expertise, ['bread']);
  assert.equal(roles.find('tester')?.instructions, 'Taste it.');
  const { title, model, category } = roles.find('baker') ?? {};
  assert.deepEqual([title, model, category], ['', 'smart', 'kitchen']);
  assert.deepEqual(roles.find('guard')?.policy, { edit: 'ask', execute: 'deny' });
  assert.deepEqual(roles.find('baker')?.policy, {});
});

test('a wrong file is named, with what is wrong in it', (t) => {
  for (const [text, said] of [
    ['no front matter', /a\.md: begin it with front matter/],
    ['---\nexpertise: [a\n---\n', /a\.md: /],
    ['---\nexpertise: 7\n---\n', /a\.md: "expertise": /],
    ['---\nexpertise: []\ncolour: red\n---\n', /a\.md: .*colour/],
    ['---\nexpertise: []\npolicy: { edit: yes }\n---\n', /a\.md: "policy\.edit": .* auto, ask, deny\.$/],
    ['---\nexpertise: []\npolicy: { run: ask }\n---\n', /a\.md: "policy": .*run.* Allowed: read, edit/],
    ['---\nexpertise: []\npolicy: ask\n---\n', /a\.md: "policy": .* Allowed: read, edit/],
    [`---\nexpertise: []\n---\n${'a'.repeat(20_000)}`, /a\.md: "instructions": /],
  ] as const) {
    assert.throws(() => readRoles([folder(t, { 'a.md': text })]), said);
  }
});
