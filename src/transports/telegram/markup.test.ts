import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cut, toTelegramHtml, withoutTags } from './markup.ts';

const cases: readonly (readonly [markdown: string, html: string])[] = [
  ['a **b** _c_ ~~d~~ `e<f>`', 'a <b>b</b> <i>c</i> <s>d</s> <code>e&lt;f&gt;</code>'],
  ['# Title\n\ntext', '<b>Title</b>\n\ntext'],
  ['```ts\nconst a = 1 < 2;\n```', '<pre><code class="language-ts">const a = 1 &lt; 2;</code></pre>'],
  ['```a"b\nx\n```', '<pre>x</pre>'],
  ['- one\n- two\n  - three', '• one\n• two\n   • three'],
  ['3. one\n4. two', '3. one\n4. two'],
  ['- [x] done\n- [ ] open', '• ☑ done\n• ☐ open'],
  ['> said', '<blockquote>said</blockquote>'],
  ['[here](https://x.example/?a=1&b="2")', '<a href="https://x.example/?a=1&amp;b=%222%22">here</a>'],
  ['[no](javascript:alert(1))', '[no](javascript:alert(1))'],
  ['[a](src/a.ts#L3) [src/b.ts](src/b.ts:4)', 'a (src/a.ts:3) src/b.ts:4'],
  ['> one\n> > two', '<blockquote>one\n&gt; two</blockquote>'],
  ['<b>not ours</b> & more', '&lt;b&gt;not ours&lt;/b&gt; &amp; more'],
  ['| a | bb |\n|---|---|\n| ccc | d |', '<pre>a    bb\nccc  d</pre>'],
  ['snake_case and 2 * 3', 'snake_case and 2 * 3'],
  ['a\\*b & `x & y`', 'a*b &amp; <code>x &amp; y</code>'],
];

test('Markdown becomes the few tags that Telegram knows', () => {
  for (const [markdown, html] of cases) assert.equal(toTelegramHtml(markdown), html);
});

test('nothing in a mention is markup', () => {
  const text = '_@a_b_c_ and @x*y*';
  const mentions = [
    { offset: 1, length: 6, member: 'a_b_c' },
    { offset: 13, length: 5, member: 'x*y*' },
  ];
  assert.equal(toTelegramHtml(text, mentions), '<i>@a_b_c</i> and @x*y*');
});

test('a cut is never within what readers see as one character', () => {
  const family = '👩‍👩‍👧‍👦';
  for (let charsMax = 2; charsMax < 40; charsMax += 1) {
    const shown = cut(family.repeat(8), charsMax);
    assert.equal(shown.slice(0, -1).replaceAll(family, ''), '', shown);
    assert.ok(shown.length <= charsMax);
  }
  assert.ok(cut(`a${'\u0301'.repeat(500)}`, 100).length <= 100);
});

const tag = /<\/?(?:b|i|s|code|pre|blockquote|a)(?: (?:class|href)="[^"<>]*")?>/g;

test('whatever is written, only known tags come of it, and each is closed', () => {
  const words = fc
    .constantFrom('**', '_', '`', '```', '\n', '> ', '- ', '# ', '<b>', '</pre>', '|', '&', '"')
    .chain((mark) => fc.string().map((text) => mark + text));
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
      const html = toTelegramHtml(parts.join(''));
      assert.doesNotMatch(html.replaceAll(tag, ''), /[<>]/);
      const open: string[] = [];
      for (const [found] of html.matchAll(tag)) {
        const name = /[a-z]+/.exec(found)?.[0] ?? '';
        if (found.startsWith('</')) assert.equal(open.pop(), name);
        else open.push(name);
      }
      assert.deepEqual(open, []);
    }),
  );
});

test('what is too long is cut at a line, and says so; tags are taken off', () => {
  assert.equal(cut('short', 10), 'short');
  assert.equal(cut('one two\nthree four', 12), 'one two\n…');
  assert.equal(cut('x'.repeat(20), 5), 'xxxx…');
  assert.equal(withoutTags('<b>a &amp;lt;</b> &lt;c&gt;'), 'a &lt; <c>');
});
