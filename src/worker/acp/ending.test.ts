import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type TurnEnding, type TurnFacts, turnEnding } from './ending.ts';

const sentence = (text: string) => fc.option(fc.constant(text), { nil: null });
const facts: fc.Arbitrary<TurnFacts> = fc.record({
  stop: sentence('Stopped by request.'),
  gone: sentence('It ended.'),
  failure: sentence('It failed.'),
  isCut: fc.boolean(),
  hasAnswer: fc.boolean(),
});

test('the first fact that applies decides how a turn ended', () => {
  fc.assert(
    fc.property(facts, (known) => {
      const order: [applies: boolean, ending: TurnEnding][] = [
        [known.stop !== null, { kind: 'stopped', reason: known.stop ?? '' }],
        [known.gone !== null, { kind: 'gone', reason: known.gone ?? '' }],
        [known.failure !== null, { kind: 'failed', reason: known.failure ?? '' }],
        [known.isCut, { kind: 'cut' }],
        [!known.hasAnswer, { kind: 'empty' }],
        [true, { kind: 'done' }],
      ];
      assert.deepEqual(turnEnding(known), order.find(([applies]) => applies)?.[1]);
    }),
    { numRuns: 1_000 },
  );
});

test('a failure tells whether the model would not go on', () => {
  const failed = { stop: null, gone: null, failure: 'No.', isCut: false, hasAnswer: false };
  assert.deepEqual(turnEnding({ ...failed, byModel: true }), {
    kind: 'failed',
    reason: 'No.',
    byModel: true,
  });
  assert.deepEqual(turnEnding({ ...failed, byModel: false }), { kind: 'failed', reason: 'No.' });
});

test('a turn that was asked to stop is stopped, whatever else is known of it', () => {
  fc.assert(
    fc.property(facts, (known) => {
      assert.equal(turnEnding({ ...known, stop: 'Stopped by request.' }).kind, 'stopped');
    }),
  );
});

test('a turn is done only with an answer, and when nothing else is known of it', () => {
  fc.assert(
    fc.property(facts, (known) => {
      if (turnEnding(known).kind !== 'done') return;
      assert.deepEqual(known, { stop: null, gone: null, failure: null, isCut: false, hasAnswer: true });
    }),
  );
});
