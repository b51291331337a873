import { randomUUID } from 'node:crypto';
import {
  ChatError,
  type EphemeralEvent,
  limits,
  type WorkerAnswer,
  type WorkerQuestion,
} from '../protocol/index.ts';

type Kind = WorkerQuestion['kind'];

/** What the server asks of workers. */
export interface WorkerDesk {
  /** Errors: no_worker; unavailable, with the reason, also when no answer comes in time. */
  ask<K extends Kind>(
    workerId: string,
    question: Extract<WorkerQuestion, { kind: K }>,
  ): Promise<Extract<WorkerAnswer, { kind: K }>>;
  /** A worker answers. What nobody waits for is dropped. */
  answered(workerId: string, requestId: string, answer: WorkerAnswer): void;
}

export interface WorkerDeskDependencies {
  /** Gives back which worker was told. */
  readonly tellWorker: (workerId: string, event: EphemeralEvent) => string | undefined;
  readonly timeoutMs?: number;
}

export function createWorkerDesk({
  tellWorker,
  timeoutMs = limits.workerAnswerMs,
}: WorkerDeskDependencies): WorkerDesk {
  const awaited = new Map<string, { workerId: string; settle: (answer: WorkerAnswer) => void }>();

  async function answerOf(workerId: string, question: WorkerQuestion): Promise<WorkerAnswer> {
    const question_id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<WorkerAnswer>();
    const told = tellWorker(workerId, { type: 'worker_question', data: { question_id, question } });
    if (told === undefined) throw new ChatError('no_worker');
    const late = setTimeout(() => resolve({ kind: 'failed', reason: lateText }), timeoutMs);
    awaited.set(question_id, { workerId: told, settle: resolve });
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      awaited.delete(question_id);
    }
  }

  return {
    async ask<K extends Kind>(workerId: string, question: Extract<WorkerQuestion, { kind: K }>) {
      const answer = await answerOf(workerId, question);
      if (answer.kind === 'failed') throw new ChatError('unavailable', answer.reason);
      if (answer.kind !== question.kind) throw new ChatError('unavailable', strangeText);
      return answer as Extract<WorkerAnswer, { kind: K }>;
    },
    answered(workerId, requestId, answer) {
      const waiting = awaited.get(requestId);
      if (waiting?.workerId === workerId) waiting.settle(answer);
    },
  };
}

const lateText = 'The worker did not answer in time. Try again.';
const strangeText = 'The worker answered something else: its version does not fit the server.';
