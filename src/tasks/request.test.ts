import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memberNames, parseMentions } from '../protocol/index.ts';
import { asksForStatus, requestOf } from './request.ts';

const names = memberNames(['elad', 'dev-2', 'elad2']);
const read = (text: string, metadata = {}) =>
  requestOf({ text, metadata, entities: parseMentions(text, names).entities }, 'elad');

test('what is asked is the words of the message, without the name that only addresses the agent', () => {
  const said: [text: string, description: string][] = [
    ['@elad add a gradient background to index.html', 'add a gradient background to index.html'],
    ['@Elad: I need you to run the tests, please.', 'I need you to run the tests, please.'],
    ['@elad-bot, could you fix the title?', 'could you fix the title?'],
    ['fix the title, @elad!', 'fix the title!'],
    ['＠elad 見出しを紺色にして', '見出しを紺色にして'],
    ['请@elad把标题改成蓝色', '请elad把标题改成蓝色'],
    ['I think @elad should do it', 'I think elad should do it'],
    ['@elad ask @dev-2 to fix it', 'ask @dev-2 to fix it'],
    ['@elad2 and @elad make it', '@elad2 and elad make it'],
    ['@elad', '@elad'],
  ];
  for (const [text, description] of said) assert.equal(read(text).description, description, text);
});

test('a person says whether it is read-only; no word of the message does', () => {
  for (const text of [
    '@elad what does index.html do?',
    '@elad the title needs a bigger margin',
    "@elad I'd love the heading in navy",
    '@elad when index.html is opened it should have a teal background',
    '@elad הוסף gradient ל index.html',
  ]) {
    assert.equal(read(text).kind, 'work', text);
    assert.equal(read(text, { read_only: true }).kind, 'question', text);
  }
});

test('a whole message that only asks how far an agent is asks for its status, in many languages', () => {
  for (const text of [
    '@elad status?',
    '@elad what is your status',
    "@elad what's the progress?",
    '@elad how far are you?',
    'how is your progress, @elad?',
    '@elad are you done yet?',
    '@elad what are you working on right now?',
    '@elad Wie weit bist du?',
    '@elad où en es-tu ?',
    '@elad ¿cómo va?',
    '@elad как успехи?',
    '@elad מה המצב?',
    '@elad ما الوضع؟',
    '@elad 进度如何？',
    '@elad 進捗はどうですか？',
    '@elad 어디까지 했어?',
  ]) {
    assert.ok(asksForStatus(read(text)), text);
  }
});

test('a word that is an answer without a question mark is told to the agent', () => {
  for (const word of ['done', 'Ready', 'finished now', 'fertig', 'ya está', 'готово', '終わった']) {
    assert.ok(!asksForStatus(read(`@elad ${word}`)), word);
    assert.ok(!asksForStatus(read(`@elad ${word}.`)), word);
    assert.ok(asksForStatus(read(`@elad ${word}?`)), word);
  }
});

test('work on a status page is no status question', () => {
  for (const text of [
    '@elad update the status page',
    '@elad add a progress bar',
    '@elad status codes should be listed in README.md',
    '@elad are you done yet? If so, add a footer',
    '@elad what is the status of order 12 in orders.json?',
    '@elad show the progress in the title',
  ]) {
    assert.ok(!asksForStatus(read(text)), text);
  }
});

test('a long message of blanks or of mentions is read in linear time', () => {
  for (const part of [' ', '@elad ', '@', ', ', 'a @elad', '：']) {
    const text = `${part.repeat(16_000 / part.length)}x`;
    assert.ok(read(text).description.length > 0, part);
  }
});
