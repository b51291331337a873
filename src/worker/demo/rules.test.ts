import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequest } from './rules.ts';

/** What a request is read as, in short. */
function kinds(request: string): string[] {
  const { steps, unknown } = readRequest(request);
  if (unknown.length > 0) return ['unknown'];
  return steps.map(({ intent }) =>
    intent.kind === 'style' ? `${intent.style.selector} ${intent.style.property}` : intent.kind,
  );
}

test('ordinary phrasings of what it can do are understood', () => {
  const understood: Readonly<Record<string, string[]>> = {
    'please add a gradient background to index.html': ['gradient'],
    'could you add a gradient to asked.html?': ['gradient'],
    'הוסף gradient ל index.html': ['gradient'],
    "Hi! I'd love the heading in navy.": ['h1 color'],
    'the title needs a bigger margin': ['h1 margin'],
    'make the background teal': ['body background'],
    'how about a dark blue background?': ['body background'],
    'change the background from red to teal': ['body background'],
    'paint the text #336699': ['body color'],
    'center the heading': ['h1 text-align'],
    'change the title to Hello': ['title'],
    'the title should be "Salt and Pepper"': ['title'],
    'create a file notes.md with the text Hello, and more': ['create'],
    'run the tests': ['test'],
    'list the files': ['list'],
    'what does index.html do?': ['describe'],
    'is the background of index.html blue?': ['describe'],
    'what can you do?': ['abilities'],
    'do the tests pass?': ['test'],
    'describe style.css': ['describe'],
    'please set the text color of index.html to #ff0000': ['body color'],
    'wait 20 seconds': ['wait'],
    sleep: ['wait'],
    'open index.html and add a gradient, then run the tests': ['gradient', 'test'],
  };
  for (const [request, expected] of Object.entries(understood))
    assert.deepEqual(kinds(request), expected, request);
});

test('nothing is done of a request of which a part is not understood', () => {
  for (const request of [
    'delete everything and rewrite in rust',
    'delete everything and add a gradient',
    'add a gradient and rewrite the rest in rust',
    'remove the gradient from index.html',
    "don't make the background blue",
    'lösche alles und schreibe es in Rust neu',
    'réécris tout en rust',
    '全部削除して',
    'переименуй index.html',
    'mache index.html schneller',
    'why is the sky blue?',
    'make the red thing blue or green',
    'write a symphony',
    'create a file ../x.txt',
    '',
  ]) {
    const { steps, unknown } = readRequest(request);
    assert.ok(steps.length === 0 || unknown.length > 0, request);
  }
});

test('several files and colours that are named are the ones that are used', () => {
  const { steps } = readRequest('add a gradient from teal to navy to a.html and b.html');
  assert.deepEqual(steps, [
    { intent: { kind: 'gradient', colours: ['teal', 'navy'] }, file: 'a.html' },
    { intent: { kind: 'gradient', colours: ['teal', 'navy'] }, file: 'b.html' },
  ]);
});
