import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIntent } from './intent.ts';

const read = (text: string) => readIntent(text, 'elad');

test('a mention with a verb of work is work, its courtesies taken off', () => {
  assert.deepEqual(read('@elad add a gradient background to index.html'), {
    kind: 'work',
    description: 'add a gradient background to index.html',
  });
  assert.deepEqual(read('hey @elad-bot, could you please fix the title? thanks'), {
    kind: 'work',
    description: 'fix the title?',
  });
  assert.deepEqual(read('@Elad: I need you to run the tests, please.'), {
    kind: 'work',
    description: 'run the tests',
  });
});

test('a question is a question, also when it is polite', () => {
  for (const text of [
    '@elad what does index.html do?',
    '@elad can you explain the build',
    'hi @elad',
    '@elad is the window done?',
    '@elad how do I run the tests?',
  ]) {
    assert.equal(read(text).kind, 'question', text);
  }
});

test('an empty request keeps the message, other mentions stay', () => {
  assert.equal(read('@elad').description, '@elad');
  assert.equal(read('@elad ask @dev-2 to fix it').description, 'ask @dev-2 to fix it');
  assert.equal(read('@elad2 and @elad make it').description, '@elad2 and make it');
});

test('a name with a dash is taken off like any other', () => {
  assert.deepEqual(readIntent('@Dev-2, please add a footer', 'dev-2'), {
    kind: 'work',
    description: 'add a footer',
  });
});
