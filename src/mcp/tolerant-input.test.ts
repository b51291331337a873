import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { understand } from './tolerant-input.ts';

const input = z.object({
  text: z.string().min(1),
  conversation_id: z.string().optional(),
  thread_id: z.number().int().optional(),
  limit: z.number().int().min(1).max(200).default(30),
  loud: z.boolean().optional(),
  files: z.array(z.string()).optional(),
  plan: z.array(z.object({ content: z.string(), status: z.enum(['pending', 'in_progress']) })).optional(),
});

const issuesOf = (given: unknown) => {
  const found = understand(input, given);
  return 'issues' in found
    ? found.issues.map(({ path = [], message }) => `${path.join('.')} ${message}`)
    : [];
};

function read(given: object) {
  const found = understand(input, { text: 'hi', ...given });
  assert.ok('input' in found, JSON.stringify(issuesOf({ text: 'hi', ...given })));
  return found;
}

test('what a model means is understood, however it writes it', () => {
  const step = { content: 'dig', status: 'in_progress' };
  const cases: [object, object][] = [
    [{ limit: '5' }, { limit: 5 }],
    [{ limit: ' 5 ' }, { limit: 5 }],
    [{ thread_id: '#12' }, { thread_id: 12 }],
    [{ conversation_id: null, thread_id: null, limit: null, files: null }, {}],
    [{ thread_id: '', limit: ' ' }, {}],
    [{ conversation_id: 7 }, { conversation_id: '7' }],
    [{ loud: 'True' }, { loud: true }],
    [{ files: 'a.txt' }, { files: ['a.txt'] }],
    [{ files: '["a.txt","b"]' }, { files: ['a.txt', 'b'] }],
    [{ files: '[slug].tsx' }, { files: ['[slug].tsx'] }],
    [{ files: [1, 'b'] }, { files: ['1', 'b'] }],
    [{ plan: { content: 'dig', status: 'In progress' } }, { plan: [step] }],
    [{ plan: JSON.stringify([step]) }, { plan: [step] }],
    [{ plan: [JSON.stringify(step)] }, { plan: [step] }],
    [{ text: '5' }, { text: '5' }],
  ];
  for (const [given, understood] of cases) {
    const all = { text: 'hi', limit: 30, ...understood };
    assert.deepEqual(read(given), { input: all, notes: [] }, JSON.stringify(given));
  }
});

test('a number beyond its bounds is the bound, and that is said', () => {
  const { input: taken, notes } = read({ limit: '1000' });
  assert.deepEqual(taken, { text: 'hi', limit: 200 });
  assert.deepEqual(notes, ['limit was 1000; 200 was taken, which is its bound.']);
});

test('what is not known is named, with what is', () => {
  const { notes } = read({
    channel: 'main',
    plan: [{ content: 'dig', status: 'pending', priority: 'high' }],
  });
  const [unknown, nested] = notes;
  assert.match(unknown ?? '', /does not know "channel"\. It takes text, conversation_id, thread_id/);
  assert.match(nested ?? '', /plan\.0\.priority/);
});

test('what cannot be meant is refused, with what is not known', () => {
  assert.match(issuesOf({ message: 'hi' }).join('\n'), /^text .*\n.*does not know "message"/);
  assert.match(issuesOf({ text: null }).join(), /^text /);
  assert.match(issuesOf({ text: 'hi', limit: 'five' }).join(), /^limit /);
  assert.match(issuesOf({ text: 'hi', limit: '5.5' }).join(), /^limit /);
  assert.match(issuesOf({ text: 'hi', loud: 'perhaps' }).join(), /^loud /);
  assert.match(issuesOf({ text: ['hi'] }).join(), /^text /);
  for (const given of [null, 'text', 5, [1], { __proto__: { text: 'hi' } }]) {
    assert.notEqual(issuesOf(given).length, 0, JSON.stringify(given));
  }
});

test('arguments of any depth and size end in an answer', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  assert.notEqual(issuesOf({ text: 'hi', plan: nested(500) }).length, 0);
  const files = Array.from({ length: 1_000 }, (_, n) => n);
  assert.deepEqual(read({ files }).input, { text: 'hi', limit: 30, files: files.map(String) });
});
