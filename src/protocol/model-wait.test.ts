import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelWaitSentence, statusReason } from './model-wait-words.ts';

const at = (hours: number, minutes: number, day = 2) => new Date(2026, 0, day, hours, minutes);
const now = at(13, 55).getTime();

test('a wait for the model says until when, in local time, and why', () => {
  const until = at(14, 5).toISOString();
  const said = (reason: string) => modelWaitSentence({ until, reason }, now);
  assert.equal(said('429 Too Many Requests'), 'Waiting for the model until 14:05 (429 Too Many Requests).');
  assert.equal(said('Overloaded.'), 'Waiting for the model until 14:05 (Overloaded).');
  assert.equal(said(''), 'Waiting for the model until 14:05.');
});

test('a wait that ends on another day says which, and one without an end says none', () => {
  const until = at(9, 7, 5).toISOString();
  assert.equal(
    modelWaitSentence({ until, reason: '' }, now),
    'Waiting for the model until 2026-01-05 09:07.',
  );
  assert.equal(modelWaitSentence({ until: null, reason: '503' }, now), 'Waiting for the model (503).');
});

test('an agent that waits for its model says that rather than its other reason', () => {
  const model_wait = { until: null, reason: '503' };
  assert.equal(statusReason({ reason: 'other', model_wait }, now), 'Waiting for the model (503).');
  assert.equal(statusReason({ reason: 'other', model_wait: null }, now), 'other');
});
