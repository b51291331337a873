import { z } from 'zod';
import { AllowedHosts, ConfigHash, HostName } from './confinement.ts';
import { LockTarget } from './file-entities.ts';
import { limits } from './limits.ts';

/** What the server asks of a worker, which alone has the project and the settings of its agents. */

const question_id = z.string().max(100);
const count = z.number().int().nonnegative();

export const WorkerQuestion = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('count_files'),
      places: z.array(LockTarget).min(1).max(limits.countedPlacesMax),
    })
    .describe("How many of the project's files are in these files, folders and globs"),
  z
    .object({ kind: z.literal('trust_project'), hash: ConfigHash, trusted: z.boolean() })
    .describe("To trust the project's own configuration, or no longer, and to check the agents anew"),
  z
    .object({ kind: z.literal('allowed_hosts'), remove: HostName.nullable() })
    .describe('Which hosts are always allowed, after one was removed'),
]);
export type WorkerQuestion = z.infer<typeof WorkerQuestion>;

/** The answer to a question of the same kind. */
export const WorkerAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('count_files'),
    covered: count.describe('Files that are in one of the places'),
    total: count.describe('Files of the project'),
    complete: z.boolean().describe('False: the project has more files than the worker counts'),
  }),
  z.object({ kind: z.literal('trust_project') }),
  AllowedHosts.extend({ kind: z.literal('allowed_hosts'), removed: z.boolean() }),
  z.object({ kind: z.literal('failed'), reason: z.string().max(limits.reasonCharsMax) }),
]);
export type WorkerAnswer = z.infer<typeof WorkerAnswer>;

export const workerQuestionEvent = {
  doc: 'Only to a worker: it is to say `answer_worker_question`.',
  data: z.object({ question_id, question: WorkerQuestion }),
};

export const workerQuestionCommands = {
  answer_worker_question: {
    doc: 'A worker answers a question of the server (`worker_question`).',
    needs: 'work',
    request: z.object({ question_id, answer: WorkerAnswer }),
    replyType: null,
    reply: z.object({}),
  },
} as const;
