import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentCommandWords, commandWords } from './chat-commands.ts';
import { complete } from './completion.ts';

const completions = {
  commands: commandWords,
  agentCommands: agentCommandWords,
  agentNames: () => ['dev-2', 'elad'],
  memberNames: () => ['ann', 'dev-2', 'elad'],
};

test('a slash completes to commands', () => {
  assert.deepEqual(complete('/he', completions), [['/help '], '/he']);
  assert.deepEqual(complete('/st', completions)[0], ['/stop ', '/status ']);
});

test('commands about an agent complete its name', () => {
  assert.deepEqual(complete('/fire e', completions), [['elad '], 'e']);
  assert.deepEqual(complete('/assign ', completions)[0], ['dev-2 ', 'elad ']);
  assert.deepEqual(complete('/assign elad do e', completions)[0], []);
});

test('a mention completes anywhere, in any case', () => {
  assert.deepEqual(complete('hello @EL', completions), [['@elad '], '@EL']);
  assert.deepEqual(complete('/assign elad help @an', completions), [['@ann '], '@an']);
});

test('hire completes a role, and plain words complete to nothing', () => {
  assert.deepEqual(complete('/hire dev-3 dev', completions)[0], ['developer ', 'devops ']);
  assert.deepEqual(complete('hello e', completions)[0], []);
});
