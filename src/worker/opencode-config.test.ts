import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJsonc } from './jsonc.ts';
import { memberOf, overridingConfig } from './opencode-config.ts';

const permission = (config: object) =>
  memberOf(overridingConfig([config as never], '/project'), 'permission');

test('edits, commands and foreign directories are asked for, whatever a person allows', () => {
  for (const config of [{}, { permission: 'allow' }, { permission: { edit: 'allow', bash: 'allow' } }]) {
    const got = permission(config);
    assert.deepEqual(
      ['edit', 'bash', 'external_directory', 'task'].map((tool) => memberOf(got, tool)),
      ['ask', 'ask', 'ask', 'deny'],
    );
  }
});

test('what a person denies stays denied', () => {
  const got = permission({ permission: { edit: 'deny', bash: { 'git *': 'allow', 'rm *': 'deny' } } });
  assert.equal(memberOf(got, 'edit'), 'deny');
  assert.deepEqual(memberOf(got, 'bash'), { '*': 'ask', 'git *': 'ask', 'rm *': 'deny' });
});

test("a person's wildcard and agents do not go around the gate", () => {
  assert.equal(memberOf(permission({ permission: { '*': 'allow' } }), '*'), 'ask');
  const config = overridingConfig(
    [{ agent: { build: { permission: { edit: 'allow' } }, mine: { permission: 'allow' } } }],
    '/project',
  );
  for (const agent of ['build', 'mine']) {
    assert.equal(memberOf(memberOf(memberOf(config.agent, agent), 'permission'), 'edit'), 'ask');
  }
});

test("the server's own folder is not read, and reading anything else is asked for", () => {
  const places = ['.opencode-slack', 'project/.opencode-slack'];
  const patterns = places.flatMap((place) => [place, `${place}/*`]);
  const denied = Object.fromEntries(patterns.map((pattern) => [pattern, 'deny']));
  assert.deepEqual(memberOf(permission({}), 'read'), { '*': 'ask', ...denied });
  assert.deepEqual(memberOf(permission({ permission: { read: 'ask' } }), 'read'), { '*': 'ask', ...denied });
  const rules = { '*': 'allow', '*.env': 'deny' };
  const asked = { '*': 'ask', '*.env': 'deny', ...denied };
  assert.deepEqual(memberOf(permission({ permission: { read: rules } }), 'read'), asked);
});

test('comments and trailing commas are read, inside of strings they are text', () => {
  const text = '\uFEFF{ // a comment\n "a": "x // y", /* b, */ "b": [1, 2, ], "c": "say \\"}, ]\\"", }';
  assert.deepEqual(parseJsonc(text), { a: 'x // y', b: [1, 2], c: 'say "}, ]"' });
  assert.throws(() => parseJsonc('{ "a": '), SyntaxError);
});
