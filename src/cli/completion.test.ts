import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandWords } from './chat-commands.ts';
import { complete } from './completion.ts';

const completions = {
  commands: commandWords,
  agentNames: () => ['dev-2', 'elad'],
  memberNames: () => ['ann', 'dev-2', 'elad', 'Ruth Smith'],
  approvalIds: () => ['57'],
  conversationNames: () => ['#main', '#Backend', '#back office', '@ruth'],
};

test('a slash completes to commands', () => {
  assert.deepEqual(complete('/he', completions), [['/help '], '/he']);
  assert.deepEqual(complete('/st', completions)[0], ['/stuck ', '/stop ', '/steer ', '/status ']);
  assert.deepEqual(complete('/go', completions)[0], ['/go-on ', '/go ']);
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

test('a mention completes to a name with blanks or accents, in any script around it', () => {
  const members = ['Ruth Smith', 'zoë', 'elad', 'प्रिया'];
  const among = { ...completions, memberNames: () => members };
  assert.deepEqual(complete('ask @ruth s', among), [['@Ruth Smith '], '@ruth s']);
  assert.deepEqual(complete('@zoe', among), [['@zoë '], '@zoe']);
  assert.deepEqual(complete('請＠el', among), [['@elad '], '＠el']);
  assert.deepEqual(complete('@प्रि', among), [['@प्रिया '], '@प्रि']);
  assert.deepEqual(complete('me@el', among)[0], []);
  assert.deepEqual(complete('`@el` @el', among), [['@elad '], '@el']);
});

test('conversations complete with and without their mark, also those with blanks', () => {
  assert.deepEqual(complete('/join ba', completions), [['Backend ', 'back office '], 'ba']);
  assert.deepEqual(complete('/go #back o', completions), [['#back office '], '#back o']);
  assert.deepEqual(complete('/go @', completions)[0], [
    '@ruth ',
    '@ann ',
    '@dev-2 ',
    '@elad ',
    '@Ruth Smith ',
  ]);
});

test('people complete where a person is meant, and in the text after', () => {
  assert.deepEqual(complete('/dm Ruth S', completions), [['Ruth Smith '], 'Ruth S']);
  assert.deepEqual(complete('/invite @an', completions), [['@ann '], '@an']);
  assert.deepEqual(complete('/dm ann ask @el', completions), [['@elad '], '@el']);
});

test('what agents ask to be allowed completes to its number', () => {
  assert.deepEqual(complete('/approve ', completions), [['57 '], '']);
  assert.deepEqual(complete('/approve 57 al', completions), [['always '], 'al']);
  assert.deepEqual(complete('/deny 5', completions)[0], ['57 ']);
});

test('a search completes its filters, and what they take', () => {
  assert.deepEqual(complete('/search ha', completions), [['has:'], 'ha']);
  assert.deepEqual(complete('/search deploy has:li', completions), [['has:link '], 'has:li']);
  assert.deepEqual(complete('/search x from:r', completions), [['from:"Ruth Smith" '], 'from:r']);
  assert.deepEqual(complete('/search in:"back o', completions), [['in:"back office" '], 'in:"back o']);
  assert.deepEqual(complete('/search deplo', completions)[0], []);
});

test('hire completes a role, and plain words complete to nothing', () => {
  assert.deepEqual(complete('/hire dev-3 dev', completions)[0], ['developer ', 'devops ']);
  assert.deepEqual(complete('hello e', completions)[0], []);
});
