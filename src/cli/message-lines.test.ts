import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approval, chatMessage } from '../../test/support/chat-script.ts';
import { hostileTexts } from '../../test/support/hostile-texts.ts';
import { mentionMembers, mentionTexts } from '../../test/support/mention-texts.ts';
import { ChatMessage, memberNames, parseMentions } from '../protocol/index.ts';
import { elsewhereLine, margin, messageLines, pageLines, quote } from './message-lines.ts';
import { createStyle } from './style.ts';
import { textWidth } from './text.ts';

const view = { style: createStyle(false), self: 'ann', columns: 60 };

function message(text: string, more: Readonly<Record<string, unknown>> = {}): ChatMessage {
  return ChatMessage.parse(chatMessage(12, 'bob', text, more));
}

function entitiesIn(text: string, names: readonly string[]) {
  return [...parseMentions(text, memberNames(names)).entities];
}

test('a message has its time, its id, its sender and its text, set in below', () => {
  const lines = messageLines(message('first line\nsecond line'), view);
  assert.match(lines[0] ?? '', /^\d\d:\d\d {3}#12 bob {2}first line$/);
  assert.equal(lines[1], '            second line');
});

test('names align until ids have five digits', () => {
  const column = (id: number) => messageLines({ ...message('x'), id }, view)[0]?.indexOf('bob');
  assert.deepEqual([1, 12, 9_999].map(column), [12, 12, 12]);
});

test('a long message is wrapped within the terminal, also where characters are wide', () => {
  for (const text of ['word '.repeat(40), '漢字 🎉 '.repeat(40)]) {
    for (const thread_id of [null, 3]) {
      for (const line of messageLines(message(text, { thread_id }), view))
        assert.ok(textWidth(line) < 60, line);
    }
  }
});

test('Markdown is read: no markup is left, and a link is followed by its address', () => {
  const told = [
    '## Plan',
    'See [the page](https://example.org/a), <https://example.org/b> and [app](src/app.ts#L10).',
    '',
    'It is **really** `done`:',
    '- one',
    '  - [x] two',
    '1. first',
    '',
    '```ts',
    'const a = **b**;',
    '```',
    '| a | b |',
    '|---|---|',
    '| **long** | c |',
    '> quoted',
  ].join('\n');
  const lines = messageLines(message(told), { ...view, columns: 200 });
  assert.deepEqual(
    lines.map((line) => line.slice(margin.length).trimEnd()),
    [
      'bob  Plan',
      '',
      'See the page (https://example.org/a), https://example.org/b and app (src/app.ts:10).',
      '',
      'It is really `done`:',
      '• one',
      '  • ☑ two',
      '',
      '1. first',
      '',
      '  const a = **b**;',
      '',
      'a     b',
      'long  c',
      '',
      '> quoted',
    ],
  );
  assert.match(elsewhereLine(message(told), '#x', { ...view, columns: 99 }), /Plan See the page \(https/);
  assert.equal(quote(message('[a](https://b.ex) "c"')), ' “a (https://b.ex) ‘c’”');
});

test('a broken line of a list or a quote goes on below its words', () => {
  const words = 'word '.repeat(14).trim();
  assert.match(messageLines(message(`x\n- ${words}`), view)[2] ?? '', / {14}word/);
  assert.match(messageLines(message(`x\n\n> ${words}`), view)[2] ?? '', / {12}> word/);
});

test('a card shows the action once, below the kind of it', () => {
  const asked = { ...approval(57, { command: 'npm test' }) };
  const { message_id, thread_id, ...card } = asked;
  const metadata = { kind: 'approval', task_id: 't1', approval: card };
  const lines = messageLines(message('🖐 May I run this? `npm test`', { metadata }), view);
  assert.match(lines[0] ?? '', /bob {2}🖐 wants to run a command$/);
  assert.equal(lines.filter((line) => line.includes('npm test')).length, 1);
});

test('a reply is set in and names the message that its thread hangs from', () => {
  const lines = messageLines(message('yes\nof course', { thread_id: 3 }), view);
  assert.match(lines[0] ?? '', /#12 {3}↳ #3 bob {2}yes$/);
  assert.equal(lines[1], '                of course');
});

test('what was done to a message stands with it', () => {
  const thread = { reply_count: 2, participants: ['ann', 'bob'], last_reply_at: '2026-11-22T20:25:00.000Z' };
  const reactions = [
    { emoji: '👍', members: ['ann', 'ruth'] },
    { emoji: '🎉', members: ['a', 'b', 'c', 'd'] },
  ];
  const lines = messageLines(
    message('done', { edited_at: thread.last_reply_at, pinned: true, thread, reactions }),
    view,
  );
  assert.match(lines[0] ?? '', /bob {2}done \(edited\) \(pinned\)$/);
  assert.equal(lines[1], '            👍 ann, ruth  🎉 4');
  assert.match(lines[2] ?? '', /^ {12}↳ 2 replies by ann, bob, \d\d:\d\d: \/thread 12$/);
});

test('a thread whose replies are all on the page is not counted there too', () => {
  const thread = { reply_count: 2, participants: ['bob'], last_reply_at: '2026-11-22T20:25:00.000Z' };
  const root = message('done', { thread });
  const replies = [13, 14].map((id) => ({ ...message('yes', { thread_id: 12 }), id }));
  const counted = (page: readonly ChatMessage[]) => /replies by/.test(pageLines(page, view).join());
  assert.equal(counted([root, ...replies]), false);
  assert.equal(counted([root, ...replies.slice(1)]), true);
});

test('a deleted message keeps its place', () => {
  assert.match(messageLines(message('', { deleted: true }), view)[0] ?? '', /#12 bob {2}\(deleted\)$/);
});

test('what is said elsewhere is one line with its place, cut at the edge', () => {
  const line = elsewhereLine(message('one\ntwo\n'.repeat(20)), '#backend', view);
  assert.match(line, /^\d\d:\d\d {3}#12 \[#backend\] bob {2}one two one/);
  assert.equal(textWidth(line), 59);
});

test('one’s own mention stands out from others’', () => {
  const said = message('@ann and @bob', { entities: entitiesIn('@ann and @bob', ['ann', 'bob']) });
  const [line = ''] = messageLines(said, { ...view, style: createStyle(true) });
  assert.ok(line.includes('\u001b[33m@ann'));
  assert.ok(line.includes('\u001b[1m@bob'));
});

const coloured = { ...view, style: createStyle(true) };
const mention = (text: string, written: string, member: string) => ({
  ...{ kind: 'mention', offset: text.indexOf(written), length: written.length, member },
});

test('what is no mention does not stand out', () => {
  const text = '请@ann看 @Bob Ross, @nobody';
  const entities = [mention(text, '@ann', 'ann'), mention(text, '@Bob Ross', 'bob ross')];
  const [line = ''] = messageLines(message(text, { entities }), coloured);
  const bobRoss = '\u001b[1m@Bob\u001b[22m \u001b[1mRoss\u001b[22m';
  assert.ok(line.endsWith(`请\u001b[33m@ann\u001b[39m看 ${bobRoss}, @nobody`), line);
  assert.ok(elsewhereLine(message(text, { entities }), '#x', coloured).includes('\u001b[33m@ann\u001b[39m'));
});

test('a mention that is broken into two lines stands out in both', () => {
  const text = `${'x'.repeat(36)} @Bob Ross ends`;
  const entities = [mention(text, '@Bob Ross', 'bob ross')];
  const [first = '', second = ''] = messageLines(message(text, { entities }), coloured);
  assert.ok(first.endsWith('\u001b[1m@Bob\u001b[22m'), first);
  assert.ok(second.includes('\u001b[1mRoss\u001b[22m ends'), second);
});

test('whatever is written, each line of it is within the terminal and harmless', () => {
  for (const [what, text] of Object.entries(hostileTexts)) {
    const entities = [{ kind: 'mention', offset: 1, length: 3, member: 'ann' }];
    const told = message(text, { entities });
    const lines = [...messageLines(told, view), elsewhereLine(told, '#x', view), quote(told)];
    assert.doesNotMatch(lines.join(''), /\p{Cc}|\p{NChar}|[\u202a-\u202e\u2066-\u2069]/u, what);
    assert.ok(
      lines.every((line) => line.isWellFormed()),
      what,
    );
    const widest = Math.max(...text.split(/(?<=\S)(?=\s)/).map((word) => textWidth(word)));
    if (widest < 30) for (const line of lines) assert.ok(textWidth(line) < view.columns, `${what}: ${line}`);
  }
});

test('exactly what the server understood stands out, wherever a line breaks', () => {
  const marking = { paint: (format: string, text: string) => (format === 'dim' ? text : `⟦${text}⟧`) };
  const style = { ...marking, name: (name: string) => name };
  for (const { text, mentions } of mentionTexts) {
    const said = message(text, { entities: entitiesIn(text, mentionMembers) });
    const words = mentions.flatMap(([written]) => written.split(/\s+/));
    for (const columns of [200, 30]) {
      const lines = messageLines(said, { style, self: 'ann', columns }).join('\n');
      assert.deepEqual(
        Array.from(lines.matchAll(/⟦(.*?)⟧/g), ([, word]) => word),
        words,
        text,
      );
    }
    const line = elsewhereLine(said, '', { style, self: 'ann', columns: 200 });
    const marked = Array.from(line.replace('⟦[]⟧', '').matchAll(/⟦(.*?)⟧/g), ([, word]) => word);
    assert.deepEqual(marked, words, text);
  }
});

test('a mention is marked as far as its line goes, and control characters do not move it', () => {
  const style = createStyle(true);
  const text = `\u0007${'x'.repeat(40)} \u001b[1m@elad\u0007 @ann`;
  const said = message(text, { entities: entitiesIn(text, ['elad', 'ann']) });
  assert.ok(messageLines(said, { style, self: 'ann', columns: 90 }).join('').includes('\u001b[33m@ann'));
  const cut = elsewhereLine(said, '#b', { style, self: 'ann', columns: 67 });
  assert.ok(textWidth(cut) <= 66);
});

test('escape sequences of others reach no line', () => {
  const evil = '\u001b[2Jevil\u001b]0;t\u0007';
  const told = message(evil, {
    sender_name: evil,
    reactions: [{ emoji: evil, members: [evil] }],
    thread: { reply_count: 1, participants: [evil], last_reply_at: '2026-11-22T20:25:00.000Z' },
  });
  const lines = [...pageLines([told], view), elsewhereLine(told, '#x', view), quote(told)];
  assert.doesNotMatch(lines.join('\n'), /(?!\n)\p{Cc}/u);
  assert.match(lines.join('\n'), /evil/);
});
