import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDiff } from '../../src/lib/unified-diff.ts';
import { memberNames, parseMentions } from '../../src/protocol/index.ts';
import {
  completeMention,
  matchNames,
  mentionFirst,
  mentionQueryAt,
} from '../../web/src/lib/mention-query.ts';
import { hueOf, initialOf, listNames } from '../../web/src/lib/names.ts';
import { gradientChange } from '../browser/fake-team.ts';
import { mentionMembers } from '../support/mention-texts.ts';

describe('typing a mention', () => {
  const names = mentionMembers;
  const members = memberNames(names);

  it('begins at an @ that starts a word', () => {
    assert.deepEqual(mentionQueryAt('@', 1, names), { start: 0, end: 1, prefix: '' });
    assert.deepEqual(mentionQueryAt('hey @el', 7, names), { start: 4, end: 7, prefix: 'el' });
    assert.equal(mentionQueryAt('dana@example', 12, names), null);
    assert.equal(mentionQueryAt('@elad add', 9, names), null);
  });

  it('is completed where the caret stands, with one blank after it', () => {
    const query = mentionQueryAt('ask @el about it', 7, names);
    assert.ok(query);
    assert.deepEqual(completeMention('ask @el about it', query, 'elad', members), {
      text: 'ask @elad about it',
      caret: 10,
    });
    const atEnd = mentionQueryAt('@', 1, names);
    assert.ok(atEnd);
    assert.deepEqual(completeMention('@', atEnd, 'dev-2', members), { text: '@dev-2 ', caret: 7 });
  });

  it('offers names that begin with it before names that hold it', () => {
    const names = matchNames([{ name: 'omar' }, { name: 'maya' }, { name: 'elad' }], 'MA');
    assert.deepEqual(names, [{ name: 'maya' }, { name: 'omar' }]);
  });

  it('goes on over blanks, accents and scripts while it may be a name', () => {
    const prefixAt = (text: string) => mentionQueryAt(text, text.length, names)?.prefix ?? null;
    assert.equal(prefixAt('請@el'), 'el');
    assert.equal(prefixAt('＠el'), 'el');
    assert.equal(prefixAt("@o'n"), "o'n");
    assert.equal(prefixAt('@प्रि'), 'प्रि');
    assert.equal(prefixAt('@7'), '7');
    assert.equal(prefixAt('`@el'), 'el');
    for (const text of [
      '`code @el` @',
      '```\n@el',
      '> @el',
      'a/@el',
      'x@el',
      '@elad看',
      '@elad,',
      '@anna m',
    ]) {
      assert.equal(prefixAt(text), text.endsWith(' @') ? '' : null, text);
    }
    const spaced = mentionQueryAt('@Ruth S', 7, ['Ruth Smith', 'elad']);
    assert.deepEqual(spaced, { start: 0, end: 7, prefix: 'Ruth S' });
    assert.equal(mentionQueryAt('@elad看一下', 3, names)?.end, 5);
  });

  it('finds names whatever their accents, and completes each to a mention of that member', () => {
    assert.deepEqual(matchNames([{ name: 'zoë' }], 'Zoe'), [{ name: 'zoë' }]);
    assert.deepEqual(matchNames([{ name: 'José' }, { name: 'elad' }], 'jose\u0301'), [{ name: 'José' }]);
    for (const name of names) {
      for (const text of ['@', 'ask @', '請@', '@ Maria went', '@-bot', '@ and more']) {
        const start = text.indexOf('@');
        const completed = completeMention(text, { start, end: start + 1 }, name, members);
        const [found] = parseMentions(completed.text, members).entities;
        assert.deepEqual([found?.member, found?.offset], [name, start], completed.text);
        assert.equal(completed.text.charAt(completed.caret - 1), ' ');
      }
    }
  });

  it('puts a mention first, once', () => {
    assert.equal(mentionFirst('do it', 'elad', members), '@elad do it');
    assert.equal(mentionFirst('@Elad do it', 'elad', members), '@Elad do it');
    assert.equal(mentionFirst('@elad-2 do it', 'elad', members), '@elad @elad-2 do it');
  });
});

describe('names', () => {
  it('keep their colour, in any case, and many get different ones', () => {
    assert.equal(hueOf('Elad'), hueOf('elad'));
    const hues = new Set(['elad', 'maya', 'dev-2', 'noa', 'dana', 'ruth', 'omar'].map(hueOf));
    assert.ok(hues.size >= 4);
    for (const hue of hues) assert.ok(hue >= 1 && hue <= 10);
  });

  it('have their first letter as people see letters', () => {
    assert.equal(initialOf('élan'), 'É');
    assert.equal(initialOf(''), '?');
  });

  it('are listed as one would say them', () => {
    assert.equal(listNames(['a']), 'a');
    assert.equal(listNames(['a', 'b']), 'a and b');
    assert.equal(listNames(['a', 'b', 'c', 'd']), 'a, b and 2 others');
  });
});

describe('a diff', () => {
  it('is read with the numbers of its lines, without its headers', () => {
    const lines = parseDiff(gradientChange.diff);
    assert.deepEqual(
      lines.slice(0, 5).map(({ kind, oldLine, newLine }) => [kind, oldLine, newLine]),
      [
        ['hunk', 1, 1],
        ['context', 1, 1],
        ['context', 2, 2],
        ['removed', 3, null],
        ['added', null, 3],
      ],
    );
    assert.equal(lines.filter(({ kind }) => kind === 'added').length, gradientChange.added_lines);
  });

  it('shows what is no line of it as a note', () => {
    assert.deepEqual(parseDiff('The diff was cut.')[0]?.kind, 'note');
    assert.equal(
      parseDiff('@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file').at(-1)?.text,
      'No newline at end of file',
    );
  });

  it('that removes a line which begins with dashes is not taken for a header', () => {
    assert.equal(parseDiff('@@ -1 +0,0 @@\n--- a heading')[1]?.kind, 'removed');
  });
});
