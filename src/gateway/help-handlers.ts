import { helpPage } from '../chat/visible-pages.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import { type helpCommands, limits, type monitoringCommands } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Help } from '../tasks/help.ts';
import type { Team } from '../team/team.ts';
import type { Handlers } from './handler.ts';

/** Answers the commands about agents that do not get on. */
export function helpHandlers({
  help,
  monitoring,
  team,
  store,
}: {
  readonly help: Help;
  readonly monitoring: Monitoring;
  readonly team: Team;
  readonly store: Store;
}): Pick<Handlers, keyof typeof helpCommands | keyof typeof monitoringCommands> {
  return {
    get_help_requests: {
      run: ({ state }, query) => helpPage(store, query, state.identity),
    },
    answer_help: {
      run: async ({ state }, given) => ({ help_request: await help.answer(given, state.identity) }),
    },
    get_agent_health: {
      async run(_, { agent_name }) {
        const name = agent_name === undefined ? undefined : team.agent(agent_name).name;
        const [health, recovery_summary, recoveries] = await Promise.all([
          monitoring.health(name),
          monitoring.recoverySummary(name),
          monitoring.recoveries(limits.recoveriesPageMax, name),
        ]);
        return { health, recovery_summary, recoveries };
      },
    },
  };
}
