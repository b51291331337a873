import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMentions } from './mentions.ts';

const members = ['elad', 'dev-2', 'anna', 'josé', 'john.doe', 'build_bot'];
const rosterName = (name: string) => members.find((member) => member === name.toLowerCase());
const known = (text: string) => parseMentions(text, rosterName).known;
const unknown = (text: string) => parseMentions(text, rosterName).unknown;

test('mentions are found as people write them', () => {
  assert.deepEqual(known('@elad add a gradient'), ['elad']);
  assert.deepEqual(known('@Elad, @DEV-2: please.'), ['elad', 'dev-2']);
  assert.deepEqual(known('ask @elad-bot or @elad.'), ['elad']);
  assert.deepEqual(known('(@dev-2) and "@anna"'), ['dev-2', 'anna']);
  assert.deepEqual(known('@josé @john.doe @anna.please'), ['josé', 'john.doe', 'anna']);
  assert.deepEqual(known('@build_bot go'), ['build_bot']);
  assert.deepEqual(known("@elad's page"), ['elad']);
  assert.deepEqual(known('first\n@elad second'), ['elad']);
});

test('addresses, code and quotes hold no mentions', () => {
  for (const text of [
    'write to elad@anna.org',
    'mail x.y@elad',
    'run `@elad` now',
    'see ``a ` @elad`` here',
    '```\n@elad\n```',
    '~~~js\n@elad\n~~~ ',
    '```\n@elad never closed',
    '> @elad said so',
    'https://example.org/@elad',
    'npm i foo/@elad',
    '@@elad',
    '@ elad',
    '@2elad',
  ]) {
    assert.deepEqual(parseMentions(text, rosterName), { known: [], unknown: [] }, text);
  }
  assert.deepEqual(known('`code` then @elad'), ['elad']);
  assert.deepEqual(known('```\ncode\n```\n@elad'), ['elad']);
});

test('unknown names are told apart, lower case, without a trailing full stop', () => {
  assert.deepEqual(unknown('@Nobody. @dev @nobody'), ['nobody', 'dev']);
});
