import type { Audit } from '../guard/audit.ts';
import type { supplyCommands, workerQuestionCommands } from '../protocol/index.ts';
import type { SupplyDesk } from '../tasks/supply-desk.ts';
import type { WorkerDesk } from '../tasks/worker-desk.ts';
import type { Workers } from '../tasks/workers.ts';
import type { SignedInConnection } from './connection.ts';
import { actorOf, type Handlers } from './handler.ts';

/** Answers the commands about whether agents can work, and what they need for it. */
export function supplyHandlers(
  {
    workers,
    supplyDesk,
    workerDesk,
    audit,
  }: {
    readonly workers: Workers;
    readonly supplyDesk: SupplyDesk;
    readonly workerDesk: WorkerDesk;
    readonly audit: Audit;
  },
  workerOf: (connection: SignedInConnection) => string,
): Pick<Handlers, keyof typeof supplyCommands | keyof typeof workerQuestionCommands> {
  return {
    get_supply: { run: () => ({ supply: workers.supply() }) },
    check_supply: { run: () => ({ supply: supplyDesk.check() }) },
    set_provider_key: {
      async run(connection, { provider, key }) {
        await supplyDesk.setKey(provider, key);
        await audit.record({ action: 'provider_key_set', by: actorOf(connection), subject: provider });
        return { provider };
      },
    },
    report_supply: {
      async run(connection, { program }) {
        await workers.report(workerOf(connection), program);
        return {};
      },
    },
    answer_worker_question: {
      run(connection, { question_id, answer }) {
        workerDesk.answered(workerOf(connection), question_id, answer);
        return {};
      },
    },
    report_provider_key: {
      run(connection, { request_id, failure }) {
        supplyDesk.keyReported(workerOf(connection), request_id, failure);
        return {};
      },
    },
  };
}
