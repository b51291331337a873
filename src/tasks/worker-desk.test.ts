import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EphemeralEvent, WorkerAnswer } from '../protocol/index.ts';
import { createWorkerDesk } from './worker-desk.ts';

const question = {
  kind: 'count_files',
  places: [{ kind: 'folder', path: 'src', key: 'src' }],
} as const satisfies object;
const counted: WorkerAnswer = { kind: 'count_files', covered: 1, total: 2, complete: true };

function openDesk(timeoutMs?: number) {
  const told: string[] = [];
  const desk = createWorkerDesk({
    tellWorker(workerId, event: EphemeralEvent) {
      if (event.type !== 'worker_question' || workerId === 'gone') return undefined;
      told.push(event.data.question_id);
      return workerId;
    },
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const ask = (workerId = 'w1') => desk.ask(workerId, { ...question, places: [...question.places] });
  return { desk, ask, told };
}

test('only the worker that was asked answers a question', async () => {
  const { desk, ask, told } = openDesk();
  const asking = ask();
  const [id = ''] = told;
  desk.answered('w2', id, { ...counted, covered: 2 });
  desk.answered('w1', id, counted);
  assert.deepEqual(await asking, counted);
  desk.answered('w1', id, counted);
});

test('a worker that is gone, fails or is silent is an error that says so', async () => {
  const { desk, ask, told } = openDesk();
  await assert.rejects(ask('gone'), { code: 'no_worker' });
  const asking = ask();
  desk.answered('w1', told[0] ?? '', { kind: 'failed', reason: 'The disk is away.' });
  await assert.rejects(asking, { code: 'unavailable', message: 'The disk is away.' });
  await assert.rejects(openDesk(1).ask(), { code: 'unavailable', message: /did not answer in time/ });
});
