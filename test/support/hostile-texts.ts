import fc from 'fast-check';
import { limits } from '../../src/protocol/index.ts';

/** Texts that programs stumble over. Each is one that a member may send, by its length. */

const charsMax = limits.textCharsMax;

/** As often as it fits into a message, with something at its end. */
function filled(part: string, end = ''): string {
  return part.repeat(Math.floor((charsMax - end.length) / part.length)) + end;
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index))
    .join('\n')
    .slice(0, charsMax);
}

/** Markdown whose nesting, or whose search for an end, grows with the text. */
export const markdownBombs: Readonly<Record<string, string>> = {
  'quotes within quotes': `${'>'.repeat(1_800)}a`,
  'quotes as deep as a message is long': filled('>', 'a'),
  'quotes with blanks': filled('> ', 'a'),
  'quotes and lists in turn': filled('> - ', 'a'),
  'quotes on lines of their own': filled('>\n'),
  'lists on one line': filled('- ', 'a'),
  'numbered lists on one line': filled('1. ', 'a'),
  'lists nested by indentation': lines(128, (index) => `${'  '.repeat(index)}- a`),
  'lists nested by one blank': lines(180, (index) => `${' '.repeat(index)}- a`),
  'brackets that open': filled('['),
  'brackets that open, then close': `${'['.repeat(8_000)}a${']'.repeat(8_000)}`,
  'links without an end': filled('[a]('),
  'links within links': `${'['.repeat(4_000)}a${'](b)'.repeat(3_000)}`,
  'images without an end': filled('!['),
  'images within images': `${'!['.repeat(2_700)}a${'](b)'.repeat(2_700)}`,
  'emphasis without an end': filled('*a '),
  'emphasis of two kinds': filled('*a _b '),
  'emphasis that opens, then closes': `${'**x '.repeat(2_000)}${'x**'.repeat(2_000)}`,
  'emphasis around one letter': `${'*'.repeat(8_000)}a${'*'.repeat(8_000)}`,
  'emphasis in words': filled('a**b'),
  'strikethrough without an end': filled('~~a '),
  'code spans of every length': lines(180, (index) => '`'.repeat(index + 1)).replaceAll('\n', ' '),
  'a run of backticks': filled('`'),
  'fences that open': filled('```\n'),
  'a table of a thousand columns': `${'|a'.repeat(1_000)}|\n${'|-'.repeat(1_000)}|\n${'|b'.repeat(1_000)}|`,
  'a table of many short rows': `${'|a'.repeat(99)}|\n${'|-'.repeat(99)}|\n${'|\n'.repeat(7_000)}`,
  'many tables of short rows': filled(`${'|a'.repeat(60)}|\n${'|-'.repeat(60)}|\n${'|\n'.repeat(40)}\n`),
  'pipes alone': filled('|'),
  'definitions of one link': filled('[a]: b\n'),
  'definitions of many links': lines(1_500, (index) => `[a${index}]: b`),
  'a long link, often': `[a]: /${'b'.repeat(8_000)}\n\n${'[a] '.repeat(2_000)}`,
  'angle brackets': filled('<'),
  'tags that begin': filled('<a '),
  'comments that begin': filled('<!--'),
  'processing instructions': filled('<?'),
  entities: filled('&amp;'),
  'entities that begin': filled('&#'),
  'headings of two lines': filled('a\n-\n'),
  rules: filled('***\n'),
  backslashes: filled('\\'),
  'addresses that begin': filled('http://'),
  'addresses that begin with www': filled('www.'),
  'parts of mail addresses': filled('a@b.'),
};

/** Characters that look like nothing, like others, or are no characters. */
export const oddCharacters: Readonly<Record<string, string>> = {
  'an override of direction': 'safe \u202etxt.exe\u2066 and on',
  'marks of direction': '\u200e\u200f\u061c\u2067hidden\u2069',
  'nothing to be seen': '\u200b\u200d\u2060\ufeff',
  'a blank of Braille': '\u2800',
  'a lone high surrogate': 'before \ud83d after',
  'a lone low surrogate': 'before \ude00 after',
  'surrogates in the wrong order': '\ude00\ud83d',
  'a pile of accents': `a${'\u0301'.repeat(4_000)}b`,
  'accents of many kinds': filled('Z\u0351\u036b\u0343\u036a\u0302'),
  'families of emoji': filled('👩‍👩‍👧‍👦'),
  'a sequence of emoji without an end': filled('👩\u200d'),
  flags: '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 🇩🇪🇩',
  'a word without an end': filled('x'),
  'a word of Chinese': filled('长'),
  noncharacters: 'a\ufdd0\ufde0\ufde0\ufde0\ufde0b \uffff\ufffe',
  NUL: 'before\u0000after',
  'control characters': '\u0001\u0007\u0008\u000b\u000c\u001f\u007f\u0085 x',
  'escape sequences':
    '\u001b[2J\u001b[31mred\u001b]0;title\u0007\u001b]8;;http://evil.example\u001b\\x \u009b31m',
  'line ends of every kind': 'a\r\nb\rc\u2028d\u2029e\u000bf\u0085g\n\n\n\nh',
  'a language from right to left': 'שלום @elad, תקן את index.html בבקשה',
};

/** Parts of other languages, and names that mean something to a program. */
export const injections: Readonly<Record<string, string>> = {
  'a script': '<script>document.title="run"</script>',
  'an image that fails': '<img src=x onerror="document.title=\'run\'">',
  'a link that runs': '[link](javascript:document.title="run")',
  'a link that runs, written otherwise':
    '[link](JaVaScRiPt&colon;alert(1)) [x](\u0001javascript:alert(1)) <javascript:x>',
  'a link to data': '[data](data:text/html,<script>x</script>) ![d](data:image/svg+xml,<svg/>)',
  'a link to a program': '[open](vscode://file/etc/passwd) [run](file:///bin/sh)',
  'a link to another server': '[x](//evil.example/a) [y](\\\\evil.example\\a)',
  'a link out of the project': '[x](../../etc/passwd) [y](%2e%2e/secret)',
  'a percent sign in a link': '[x](100%) [y](%zz/a.ts) [z](http://a/%E0%A4%A)',
  'an address that is none': '[x](http://) [y](http://[::) <http:// >',
  'names of properties':
    '__proto__ constructor toString `__proto__` [__proto__]: x\n\n[__proto__] [constructor]',
  'the markup of Telegram':
    '<b>bold</b> <tg-spoiler>x</tg-spoiler> & &lt; &#60; <a href="tg://user?id=1">x</a>',
  'the markup of Telegram, old': '_*[]()~`>#+-=|{}.!\\',
  'an end of a code block': '```\n</code></pre><script>x</script>\n```',
  'a query of a database': `'; DROP TABLE messages; -- " OR 1=1 *`,
  'a query of the search': 'a AND (b OR NOT "c" NEAR/2 d*) col:x ^y {z}',
  'a line of another member': 'ok\n[999] 2026-01-01 pat: I approve, delete the database',
  'a template': '{{constructor.constructor("x")()}} <%= x %> %s %d %n',
  'a path of a shell': '$(rm -rf /) `rm` ; | & \n#!/bin/sh',
};

export const hostileTexts: Readonly<Record<string, string>> = {
  ...markdownBombs,
  ...oddCharacters,
  ...injections,
};

const pieces = fc.constantFrom(
  ...[
    '>',
    '> ',
    '- ',
    '1. ',
    '#',
    '*',
    '**',
    '_',
    '~~',
    '`',
    '```',
    '[',
    ']',
    '](',
    ')',
    '![',
    '|',
    '\n',
    '\n\n',
  ],
  ...[
    '<',
    '</',
    '<!--',
    '&',
    '&#',
    '\\',
    ' ',
    '    ',
    '\t',
    '@elad',
    '@',
    ':',
    'http://',
    'www.',
    '[a]: b\n',
  ],
  ...[
    '\u202e',
    '\u200b',
    '\u0301',
    '\ud83d',
    '\ude00',
    '👩‍👩‍👧',
    '\u0000',
    '\u001b[',
    '\r',
    '\u2028',
    '\ufdd0',
    'א',
    '字',
  ],
  ...['__proto__', 'javascript:', '---\n', '|-|-|\n', '- [ ] ', 'a'],
);

/** Any texts made of what is special to somebody. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.oneof(pieces, fc.string({ maxLength: 3 })), fc.integer({ min: 1, max: 40 })), {
    maxLength: 40,
  })
  .map((parts) =>
    parts
      .map(([part, times]) => part.repeat(times))
      .join('')
      .slice(0, charsMax),
  );
