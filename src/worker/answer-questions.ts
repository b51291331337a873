import type { Log } from '../lib/log.ts';
import { limits, type WorkerAnswer, type WorkerQuestion } from '../protocol/index.ts';
import type { CountFiles } from './file-count.ts';
import type { ProjectTrust } from './project-trust.ts';
import type { AllowedHosts } from './sandbox/allowed-hosts.ts';
import type { Supply } from './supply.ts';
import type { TeamConnection } from './team-connection.ts';

export interface QuestionAnswers {
  readonly connection: Pick<TeamConnection, 'on' | 'request'>;
  readonly countFiles: CountFiles;
  /** Null: the agent program loads nothing of a project by itself. */
  readonly trust: ProjectTrust | null;
  readonly supply: Supply;
  readonly allowedHosts: AllowedHosts;
  readonly log: Log;
}

/** Answers what the server asks of this worker. */
export function answerQuestions(options: QuestionAnswers): void {
  const { connection, countFiles, trust, supply, allowedHosts, log } = options;

  /** The agent program is started anew, with the configuration or without it. */
  async function setTrust(hash: string, trusted: boolean): Promise<void> {
    if (trust === null) throw new Error('The agent program here loads no configuration of a project.');
    await trust.set(hash, trusted);
    supply.check().catch((error: unknown) => log.error({ err: error }, 'the agents could not be checked'));
  }

  async function answerTo(question: WorkerQuestion): Promise<WorkerAnswer> {
    switch (question.kind) {
      case 'count_files':
        return { kind: 'count_files', ...(await countFiles(question.places)) };
      case 'trust_project':
        await setTrust(question.hash, question.trusted);
        return { kind: 'trust_project' };
      case 'allowed_hosts': {
        const removed = question.remove !== null && allowedHosts.remove(question.remove);
        const { set } = allowedHosts;
        const hosts = allowedHosts.list().slice(-limits.allowedHostsShownMax);
        return { kind: 'allowed_hosts', hosts: [...hosts], set: [...set], removed };
      }
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
