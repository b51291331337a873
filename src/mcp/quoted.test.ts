import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inQuotes, lineEnd, linePrefix, named, quoted } from './quoted.ts';

const ends = ['\n', '\r', '\r\n', '\v', '\f', '\x1c', '\x85', '\u2028', '\u2029'];
const textWithEnds = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...ends)));

test('of a quoted text, no line but the first begins without the prefix', () => {
  fc.assert(
    fc.property(textWithEnds, (parts) => {
      const [, ...further] = quoted(parts.join('')).split(lineEnd);
      assert.ok(further.every((line) => line.startsWith(linePrefix)));
    }),
  );
});

test('quoting changes nothing of code but the beginnings of its lines', () => {
  const code = 'if (a < b) {\n\treturn "</message>";\n}';
  assert.equal(quoted(code).replaceAll(`\n${linePrefix}`, '\n'), code);
});

test('a text in quotation marks has one line, and ends at its mark', () => {
  for (const end of ends) assert.doesNotMatch(inQuotes(`a${end}b`), lineEnd);
  assert.equal(inQuotes('a" is held by "b'), '"a\\" is held by \\"b"');
});

test('a path is shown as it is unless it could be taken for more', () => {
  assert.equal(named('src/app.ts'), 'src/app.ts');
  assert.equal(named('a, b'), '"a, b"');
  assert.equal(named('a (x). b'), '"a (x). b"');
});
