import { approvalsPage } from '../chat/visible-pages.ts';
import type { approvalCommands } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Approvals } from '../tasks/approvals.ts';
import type { SignedInConnection } from './connection.ts';
import { actorOf, type Handlers } from './handler.ts';

/** Answers the commands about what agents ask to be allowed. */
export function approvalHandlers(
  { approvals, store }: { approvals: Approvals; store: Store },
  workerOf: (connection: SignedInConnection) => string,
): Pick<Handlers, keyof typeof approvalCommands> {
  return {
    get_approvals: {
      run: ({ state }, query) => approvalsPage(store, query, state.identity),
    },
    answer_approval: {
      run: async (connection, answer) => ({
        approval: await approvals.answer(answer, connection.state.identity, actorOf(connection)),
      }),
    },
    set_policy: {
      run: (connection, { name, policy }) => approvals.setPolicy(name, policy, actorOf(connection)),
    },
    get_policy: { run: (_, { name }) => approvals.policyOf(name) },
    request_approval: { run: (connection, asked) => approvals.ask(asked, workerOf(connection)) },
    withdraw_approval: {
      async run(connection, asked) {
        await approvals.withdraw(asked, workerOf(connection));
        return {};
      },
    },
  };
}
