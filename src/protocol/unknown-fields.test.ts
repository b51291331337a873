import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { findUnknownFields, unknownFieldMessage } from './unknown-fields.ts';

const paths = (schema: z.ZodType, value: unknown) =>
  findUnknownFields(schema, value).map(({ path }) => path.join('.'));

test('a field that a schema would drop is found at every depth', () => {
  const item = z.object({ name: z.string(), more: z.object({ x: z.number() }).nullish() });
  const schema = z.object({ items: z.array(item).default([]), on: z.stringbool() });
  assert.deepEqual(paths(schema, { items: [{ name: 'a', more: { x: 1 } }], on: 'yes' }), []);
  assert.deepEqual(paths(schema, { items: [{ nam: 'a', more: { y: 1 } }], of: 1 }), [
    'items.0.nam',
    'items.0.more.y',
    'of',
  ]);
  assert.deepEqual(paths(schema.nullish(), { on: 'no', toString: 1 }), ['toString']);
  assert.deepEqual(paths(schema.nullish(), null), []);
});

test('of several forms, the one that fits best says which fields are unknown', () => {
  const schema = z.union([z.object({ a: z.string() }), z.object({ b: z.string(), c: z.string() })]);
  assert.deepEqual(paths(schema, { b: '', c: '' }), []);
  assert.deepEqual(paths(schema, { b: '', d: '' }), ['d']);
});

test('what takes any field has no unknown ones', () => {
  assert.deepEqual(paths(z.looseObject({ a: z.string() }), { b: 1 }), []);
  assert.deepEqual(paths(z.strictObject({ a: z.string() }), { b: 1 }), ['b']);
  assert.deepEqual(paths(z.record(z.string(), z.string()), { b: '' }), []);
});

test('the message names the field, the probable one, and the known ones', () => {
  const told = (name: string, ...known: string[]) => unknownFieldMessage('field', { path: [name], known });
  assert.equal(
    told('outcom', 'limit', 'outcome'),
    'Unknown field "outcom". Did you mean "outcome"? Known: limit, outcome.',
  );
  assert.match(told('query', 'limit', 'q'), /Did you mean "q"\?/);
  assert.match(told('conversation', 'limit', 'conversation_id'), /Did you mean "conversation_id"\?/);
  assert.equal(told('colour', 'limit'), 'Unknown field "colour". Known: limit.');
  assert.equal(told('x'), 'Unknown field "x". None is known here.');
});
