import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostileText, hostileTexts } from '../../../test/support/hostile-texts.ts';
import { inlineDepthMax } from './build-tree.ts';
import { addressCharsMax } from './link-target.ts';
import type { MentionSpan } from './mention-marks.ts';
import { formattedCharsMax, nodesMax, parseMarkdown } from './parse.ts';
import { blockLevelsMax, tableColumnsMax, tableRowsMax } from './parser.ts';
import { type Block, childrenOf, countNodes, type Inline, plainText } from './tree.ts';

/** Every node of a tree with how deep it lies; a list and its items are one level. */
function* nodesOf(nodes: readonly (Block | Inline)[], depth = 1): Generator<[Block | Inline, number]> {
  for (const node of nodes) {
    yield [node, depth];
    yield* nodesOf(childrenOf(node), depth + 1);
  }
}

function shape(text: string) {
  let count = 0;
  let deepest = 0;
  for (const [, depth] of nodesOf(parseMarkdown(text))) {
    count += 1;
    deepest = Math.max(deepest, depth);
  }
  return { count, deepest };
}

const depthMax = blockLevelsMax + inlineDepthMax + 4;

test('however deep a text nests, its tree does not', () => {
  for (const [what, text] of Object.entries(hostileTexts)) {
    const { deepest } = shape(text);
    assert.ok(deepest <= depthMax, `${what}: ${deepest} levels`);
  }
});

test('a text of many parts is shown without formatting, so that a tree has an end', () => {
  for (const [what, text] of Object.entries(hostileTexts)) {
    const { count } = shape(text);
    assert.ok(count <= nodesMax, `${what}: ${count} nodes`);
  }
  assert.deepEqual(
    parseMarkdown('*a* '.repeat(nodesMax)).map(({ type }) => type),
    ['paragraph'],
  );
  assert.equal(countNodes(parseMarkdown('*a* '.repeat(nodesMax))), 2);
  assert.ok(countNodes(parseMarkdown('*a* '.repeat(nodesMax / 4))) > nodesMax / 2);
});

test('whatever is written, it is read, and shows something', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const { count, deepest } = shape(text);
      assert.ok(deepest <= depthMax);
      assert.ok(count <= nodesMax);
      if (/[\p{L}\p{N}]/u.test(text)) assert.notEqual(count, 0);
    }),
    { numRuns: 300 },
  );
});

const all = (text: string, mentions?: readonly MentionSpan[]) => [...nodesOf(parseMarkdown(text, mentions))];
const textsOf = (blocks: readonly Block[]) =>
  [...nodesOf(blocks)].flatMap(([node]) => ('text' in node ? [node.text] : [])).join('');

test('markup that is too deep stays text, and nothing of it is lost', () => {
  assert.equal(textsOf(parseMarkdown(`${'>'.repeat(100)}a`)), `${'>'.repeat(100 - blockLevelsMax)}a`);
  const emphasis = textsOf(parseMarkdown(`${'**x '.repeat(50)}${'x**'.repeat(50)}`));
  assert.equal(emphasis.replaceAll('*', ''), `${'x '.repeat(50)}${'x'.repeat(50)}`);
  assert.match(emphasis, /\*\*x /);
  const list = Array.from({ length: 40 }, (_, index) => `${'  '.repeat(index)}- item${index}`).join('\n');
  const shown = textsOf(parseMarkdown(list));
  for (let index = 0; index < 40; index += 1) assert.ok(shown.includes(`item${index}`), `item${index}`);
});

test('a table with too many columns or rows is text, and so is one with more cells than characters', () => {
  const table = (columns: number, rows: string) =>
    `${'|a'.repeat(columns)}|\n${'|-'.repeat(columns)}|\n${rows}`;
  assert.equal(parseMarkdown(table(20, '|b|\n'))[0]?.type, 'table');
  assert.equal(parseMarkdown(table(tableColumnsMax + 1, ''))[0]?.type, 'paragraph');
  assert.equal(parseMarkdown(table(1, '|b|\n'.repeat(tableRowsMax + 1)))[0]?.type, 'paragraph');
  assert.equal(parseMarkdown(table(90, '|\n'.repeat(90)))[0]?.type, 'paragraph');
});

test('a text that is only a definition, or only an empty heading, is shown as it is', () => {
  for (const text of ['[a]: http://b.example', '#', '-', '>']) {
    assert.deepEqual(parseMarkdown(text), [
      { type: 'paragraph', tight: false, children: [{ type: 'text', text }] },
    ]);
  }
  assert.deepEqual(parseMarkdown(' \n '), []);
  const long = `${'*a* '.repeat(formattedCharsMax / 4)}.`;
  assert.deepEqual(
    all(long).map(([{ type }]) => type),
    ['paragraph', 'text'],
  );
});

/** Where names stand in a text, as the server tells it. */
function spansOf(text: string, ...written: string[]): MentionSpan[] {
  return written
    .flatMap((name) =>
      [...text.matchAll(new RegExp(name, 'g'))].map(({ index }) => ({
        ...{ offset: index, length: name.length },
        member: name.slice(1),
      })),
    )
    .sort((a, b) => a.offset - b.offset);
}

const mentionsIn = (text: string, spans: readonly MentionSpan[]) =>
  all(text, spans).flatMap(([node]) => (node.type === 'mention' ? [node.member] : []));

test('exactly the mentions that a message came with are marked, whatever is around them', () => {
  const marked: readonly (readonly [string, ...string[]])[] = [
    ['_@elad_', '@elad'],
    ['请@elad看一下', '@elad'],
    ['1.@elad', '@elad'],
    ['**@Anna Maria** and @o_neil_s', '@Anna Maria', '@o_neil_s'],
    ['# @elad\n\n- [x] @elad\n> [@elad](http://a.example)', '@elad'],
    ['| @elad | ~~@elad~~ |\n|-|-|\n| *@elad* | x |', '@elad'],
    ['@**bold** @<b> @|', '@\\*\\*bold\\*\\*'],
  ];
  for (const [text, ...names] of marked) {
    const spans = spansOf(text, ...names);
    assert.deepEqual(
      mentionsIn(text, spans),
      spans.map(({ member }) => member),
      text,
    );
    assert.deepEqual(mentionsIn(text, []), [], text);
  }
});

test('a mention in code stays code, and one in an address stays part of it', () => {
  const text = '`@elad`\n\n```@elad\n@elad\n```\n\n[a](http://a.example/@elad) http://b.example/@elad';
  const nodes = all(text, spansOf(text, '@elad')).map(([node]) => node);
  assert.deepEqual(
    nodes.flatMap((node) => (node.type === 'link' ? [node.href] : [])),
    ['http://a.example/@elad', 'http://b.example/@elad'],
  );
  const code = nodes.find((node) => node.type === 'code-block');
  assert.deepEqual(code, { type: 'code-block', text: '@elad', language: '@elad' });
  assert.ok(nodes.some((node) => node.type === 'code' && node.text === '@elad'));
});

test('entities that do not fit their text mark nothing, and harm nothing', () => {
  const text = 'ask @elad';
  const wrong = [
    { offset: -1, length: 3, member: 'a' },
    { offset: 6, length: 90, member: 'b' },
    { offset: 4, length: 5, member: 'elad' },
    { offset: 5, length: 2, member: 'c' },
    { offset: 4, length: 0, member: 'd' },
  ];
  assert.deepEqual(mentionsIn(text, wrong), ['elad']);
  assert.equal(textsOf(parseMarkdown(text, wrong)), text);
  assert.equal(
    textsOf(parseMarkdown('a\ufdd0\ufde0\ufde0\ufde0\ufde0b')),
    'a\ufffd\ufffd\ufffd\ufffd\ufffdb',
  );
});

test('links lead to addresses and files; all else stays text', () => {
  const leads = (text: string) =>
    all(text).flatMap(([node]) => {
      if (node.type === 'link') return [node.href];
      return node.type === 'file' ? [`${node.path}:${node.line}`] : [];
    });
  assert.deepEqual(leads('[a](http://a.example) <https://b.example> c@d.example www.e.example'), [
    ...['http://a.example', 'https://b.example', 'mailto:c@d.example', 'http://www.e.example'],
  ]);
  assert.deepEqual(
    leads('[a](index.html:12) [b](src/app.ts#L10) [c](./a%20b.md) [d](/x/y.ts:3:7) [e](Makefile)'),
    [...['index.html:12', 'src/app.ts:10', './a b.md:null', '/x/y.ts:3', 'Makefile:null']],
  );
  for (const text of [
    ...[
      '[a](javascript:x)',
      '[a](JAVASCRIPT&colon;x)',
      '[a](data:text/html,x)',
      '[a](vscode://file/x)',
      '[a](tel:1)',
    ],
    ...[
      '[a](//evil.example)',
      '[a](../secret)',
      '[a](%2e%2e/secret)',
      '[a](#top)',
      '[a](?q)',
      '[a](file:///x)',
    ],
    `[a](http://a.example/${'b'.repeat(addressCharsMax)})`,
    ...['README.md', 'e.g. this', 'a:b', '[a]()'],
  ]) {
    assert.deepEqual(leads(text), [], text);
  }
});

test('GitHub tables, tasks, strikethrough and hard breaks are known; HTML is text', () => {
  const [list, table, paragraph] = parseMarkdown(
    '- [x] done\n- [ ] *open*\n\n| a | b |\n|:-|-:|\n| 1 | 2 |\n\n~~no~~ <b>x</b>  \ny',
  );
  assert.deepEqual(list?.type === 'list' && list.items.map(({ checked }) => checked), [true, false]);
  assert.deepEqual(table?.type === 'table' && table.alignments, ['left', 'right']);
  assert.ok(paragraph?.type === 'paragraph');
  assert.deepEqual(
    paragraph.children.map(({ type }) => type),
    ['strikethrough', 'text', 'break', 'text'],
  );
  assert.equal(plainText(paragraph.children), 'no <b>x</b>\ny');
});
