import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clean, cleanLine } from './sanitise.ts';

const esc = '\u001b';

test('escape sequences do not reach the terminal', () => {
  assert.equal(clean(`${esc}[31mred${esc}[0m`), 'red');
  assert.equal(clean(`${esc}]0;a new title\u0007text`), 'text');
  assert.equal(clean(`${esc}]8;;http://evil.example${esc}\\click${esc}]8;;${esc}\\`), 'click');
  assert.equal(clean(`${esc}[2J${esc}[Hgone`), 'gone');
  assert.equal(clean('\u009b31mred'), 'red');
});

test('nothing can go back in the line or turn the direction of text', () => {
  assert.equal(clean('safe\roverwritten'), 'safe\noverwritten');
  assert.equal(clean('ab\b\b\u0007c\u0000'), 'abc');
  assert.equal(clean('user\u202etxt.exe\u2066'), 'usertxt.exe');
});

test('what people write stays: line ends, accents, emoji, other scripts', () => {
  const text = 'Grüße, 你好, 👩‍💻 ok\nsecond line';
  assert.equal(clean(text), text);
  assert.equal(clean('a\tb\r\nc'), 'a  b\nc');
  assert.equal(cleanLine('one \n two'), 'one two');
});

test('whatever comes in, no control character but the line feed comes out', () => {
  const nasty = fc.string({
    unit: fc.constantFrom(esc, '[', ']', ';', '0', 'm', 'J', '\u0007', '\u009b', '\r', '\n', 'é', '\\'),
  });
  fc.assert(
    fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' })), (text) => {
      assert.doesNotMatch(clean(text), /(?!\n)\p{Cc}/u);
      assert.doesNotMatch(cleanLine(text), /\p{Cc}/u);
    }),
  );
});
