import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { snippetOf } from './snippet.ts';
import { findPhrases, readTerms } from './terms.ts';
import { wordsIn } from './words.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.array(fc.constantFrom('café', 'cafe', ' ', '日本', '👩‍💻', 'x'.repeat(70), 'é', ', '), {
    maxLength: 60,
  }),
);

test('a snippet is a part of its text, whole characters, with what was found marked', () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.integer({ min: 20, max: 60 }), (given, at, charsMax) => {
      const whole = [given].flat().join('');
      const words = wordsIn(whole);
      const word = words[at % Math.max(1, words.length)];
      const searched = word === undefined ? '' : whole.slice(word.start, word.end);
      const phrases = readTerms(searched === '' ? [] : [{ text: searched, prefix: false }]);
      const found = findPhrases(words, phrases ?? []);
      assert.ok(found !== null, `${searched} is not found in ${whole}`);
      const parts = snippetOf(whole, found.flat(), charsMax);
      const shown = parts.map((part) => part.text).join('');
      assert.ok(whole.includes(shown.replace(/^…/u, '').replace(/…$/u, '')) || whole.includes(shown));
      assert.ok(shown.isWellFormed());
      assert.ok(shown.length <= charsMax + 2);
      if (word !== undefined) assert.ok(parts.some(({ hit }) => hit));
      for (const part of parts) assert.notEqual(part.text, '');
    }),
    { numRuns: 500 },
  );
});

/** Also halves of characters. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

test('reading the words of any text never fails, and their places are in order', () => {
  fc.assert(
    fc.property(anyText, (given) => {
      let end = 0;
      for (const word of wordsIn(given)) {
        assert.ok(word.start >= end && word.end > word.start);
        assert.match(word.folded, /^[a-z0-9\u0080-\u{10ffff}]{1,64}$/u);
        assert.ok(word.folded.isWellFormed());
        end = word.end;
      }
    }),
  );
});
