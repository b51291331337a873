import assert from 'node:assert/strict';
import { test } from 'node:test';
import { taskEnding } from './task-ending.ts';

test('a task is completed only when its last turn is done', () => {
  const reason = 'The reason.';
  assert.deepEqual(taskEnding({ kind: 'done' }, 1), { outcome: 'completed', reason: null });
  assert.deepEqual(taskEnding({ kind: 'stopped', reason }, 1), { outcome: 'stopped', reason });
  assert.deepEqual(taskEnding({ kind: 'gone', reason }, 1), { outcome: 'failed', reason });
  assert.deepEqual(taskEnding({ kind: 'failed', reason }, 1), { outcome: 'failed', reason });
});

test('a cut or empty answer says whether files were changed, and that the task can go on', () => {
  const cut = "The answer was cut off at the model's length limit.";
  const empty = 'The model gave an empty answer.';
  const goesOn = 'Continue goes on from there.';
  for (const [kind, sentence] of [
    ['cut', cut],
    ['empty', empty],
  ] as const) {
    const reasonOf = (changed: number | null) => taskEnding({ kind }, changed).reason;
    assert.equal(taskEnding({ kind }, 0).outcome, 'failed');
    assert.equal(reasonOf(0), `${sentence} No files were changed. ${goesOn}`);
    assert.equal(reasonOf(1), `${sentence} 1 file was changed before that. ${goesOn}`);
    assert.equal(reasonOf(7), `${sentence} 7 files were changed before that. ${goesOn}`);
    assert.equal(reasonOf(null), `${sentence} ${goesOn}`, 'it is not known');
  }
});
