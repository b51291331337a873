import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { mentionMembers, mentionTexts } from '../../test/support/mention-texts.ts';
import { limits } from './limits.ts';
import { memberNames, nameKey } from './member-names.ts';
import { parseMentions } from './mentions.ts';

const names = memberNames(mentionMembers);
const writtenIn = (text: string) =>
  parseMentions(text, names).entities.map(({ offset, length, member }) => [
    text.slice(offset, offset + length),
    member,
  ]);

describe('a text mentions those whom people mean', () => {
  for (const { text, mentions, unknown } of mentionTexts) {
    test(JSON.stringify(text), () => {
      const found = parseMentions(text, names);
      assert.deepEqual(writtenIn(text), mentions);
      assert.deepEqual(found.known, [...new Set(mentions.map(([, member]) => member))]);
      assert.deepEqual(found.unknown, unknown);
      assert.equal(found.cut, false);
    });
  }
});

test('of very many mentions the first are read, and the rest is told of', () => {
  const many = '@elad '.repeat(limits.mentionsMax);
  assert.equal(parseMentions(many, names).entities.length, limits.mentionsMax);
  assert.equal(parseMentions(many, names).cut, false);
  const more = parseMentions(`${many}@anna`, names);
  assert.deepEqual([more.known, more.entities.length, more.cut], [['elad'], limits.mentionsMax, true]);
});

/** Pieces that mean something to the grammar, and any others. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '@',
        '＠',
        '`',
        '```\n',
        '~~~',
        '> ',
        '    ',
        '- ',
        '1. ',
        '\n',
        '\n\n',
        '/',
        '://',
        'www.',
      ),
      fc.constantFrom(
        '\\',
        '.',
        '-',
        '_',
        '-bot',
        "'",
        ' ',
        '\t',
        '\r\n',
        '\u0308',
        '\u1175',
        '\ud800',
        '(',
        ')',
      ),
      fc.constantFrom(...mentionMembers),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

test('of any text, each mention is where it is said to be', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { entities, known } = parseMentions(text, names);
      let reached = 0;
      for (const { offset, length, member } of entities) {
        assert.ok(offset >= reached && length > 1 && offset + length <= text.length);
        const [at, ...name] = text.slice(offset, offset + length);
        assert.ok(at === '@' || at === '＠');
        assert.ok([nameKey(member), `${nameKey(member)}-bot`].includes(nameKey(name.join(''))));
        reached = offset + length;
      }
      assert.deepEqual(known, [...new Set(entities.map(({ member }) => member))]);
      assert.deepEqual(parseMentions(text, names), parseMentions(text, names));
    }),
    { numRuns: 2_000 },
  );
});

test('a text means the same in every Unicode form', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const of = (form: string) => parseMentions(text.normalize(form), names);
      assert.deepEqual([of('NFD').known, of('NFD').unknown], [of('NFC').known, of('NFC').unknown]);
    }),
    { numRuns: 1_000 },
  );
});

/** Each takes less than a tenth of a second; where time grows with the square of the length, many seconds. */
describe('a text of the greatest length is read in time that grows with its length', () => {
  const parts = [
    '@',
    '@a',
    '@a ',
    '`',
    '``` ',
    '`a',
    '\\`',
    '```\n',
    '~~~\n',
    '> ',
    '- ',
    '1. ',
    '://',
    'a://@',
  ];
  parts.push(
    'www.',
    '(',
    '@\u0301',
    '_',
    '_@',
    '@-',
    '@a/',
    '@a@',
    '@elad',
    '@elad\u0301',
    '- `\n',
    '\t',
    '@ ',
  );
  for (const part of [...parts, '`'.repeat(7), 'a\u0301@', '`` ` ']) {
    test(JSON.stringify(part), { timeout: 60_000 }, () => {
      for (const times of [1, 4]) {
        const text = part.repeat(Math.ceil((limits.textCharsMax * times) / part.length));
        assert.ok(parseMentions(text, names).entities.length <= limits.mentionsMax);
      }
    });
  }
});
