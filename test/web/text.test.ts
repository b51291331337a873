import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  completeMention,
  matchNames,
  mentionFirst,
  mentionQueryAt,
} from '../../web/src/lib/mention-query.ts';
import { mentionSpans } from '../../web/src/lib/mention-spans.ts';
import { hueOf, initialOf, listNames } from '../../web/src/lib/names.ts';
import { parseDiff } from '../../web/src/lib/unified-diff.ts';
import { gradientChange } from '../browser/fake-team.ts';

describe('typing a mention', () => {
  it('begins at an @ that starts a word', () => {
    assert.deepEqual(mentionQueryAt('@', 1), { start: 0, end: 1, prefix: '' });
    assert.deepEqual(mentionQueryAt('hey @el', 7), { start: 4, end: 7, prefix: 'el' });
    assert.equal(mentionQueryAt('dana@example', 12), null);
    assert.equal(mentionQueryAt('@elad add', 9), null);
  });

  it('is completed where the caret stands, with one blank after it', () => {
    const query = mentionQueryAt('ask @el about it', 7);
    assert.ok(query);
    assert.deepEqual(completeMention('ask @el about it', query, 'elad'), {
      text: 'ask @elad about it',
      caret: 10,
    });
    const atEnd = mentionQueryAt('@', 1);
    assert.ok(atEnd);
    assert.deepEqual(completeMention('@', atEnd, 'dev-2'), { text: '@dev-2 ', caret: 7 });
  });

  it('offers names that begin with it before names that hold it', () => {
    const names = matchNames([{ name: 'omar' }, { name: 'maya' }, { name: 'elad' }], 'MA');
    assert.deepEqual(names, [{ name: 'maya' }, { name: 'omar' }]);
  });

  it('puts a mention first, once', () => {
    assert.equal(mentionFirst('do it', 'elad'), '@elad do it');
    assert.equal(mentionFirst('@Elad do it', 'elad'), '@Elad do it');
    assert.equal(mentionFirst('@elad-2 do it', 'elad'), '@elad @elad-2 do it');
  });
});

describe('mentions in a text on its way', () => {
  const names = new Set(['elad', 'dev-2', 'dana']);
  const found = (text: string) => mentionSpans(text, names).map(({ member }) => member);

  it('are marked when the name is known, whole, and not part of an address', () => {
    assert.deepEqual(found('ask @dev-2, @Elad-bot'), ['dev-2', 'elad']);
    assert.deepEqual(found('me@elad.example @nobody @eladx'), []);
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
