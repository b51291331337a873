import type { Log } from '../lib/log.ts';
import { limits, type WorkerAnswer, type WorkerQuestion } from '../protocol/index.ts';
import type { CountFiles } from './file-count.ts';
import type { TeamConnection } from './team-connection.ts';

export interface QuestionAnswers {
  readonly connection: Pick<TeamConnection, 'on' | 'request'>;
  readonly countFiles: CountFiles;
  readonly log: Log;
}

/** Answers what the server asks of this worker. */
export function answerQuestions({ connection, countFiles, log }: QuestionAnswers): void {
  async function answerTo(question: WorkerQuestion): Promise<WorkerAnswer> {
    switch (question.kind) {
      case 'count_files':
        return { kind: 'count_files', ...(await countFiles(question.places)) };
    }
  }

  async function answer(question_id: string, question: WorkerQuestion): Promise<void> {
    const given = await answerTo(question).catch((error: unknown): WorkerAnswer => {
      log.error({ err: error, question: question.kind }, 'a question of the server has no answer');
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: 'failed', reason: reason.slice(0, limits.reasonCharsMax) };
    });
    await connection.request('answer_worker_question', { question_id, answer: given });
  }

  connection.on('worker_question', ({ question_id, question }) => {
    answer(question_id, question).catch((error: unknown) =>
      log.warn({ err: error, question: question.kind }, 'an answer did not reach the server'),
    );
  });
}
