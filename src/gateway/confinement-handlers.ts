import type { Audit } from '../guard/audit.ts';
import type { confinementCommands } from '../protocol/index.ts';
import type { ConfinementDesk } from '../tasks/confinement-desk.ts';
import { actorOf, type Handlers } from './handler.ts';

/** Answers the commands about what people let into the sandboxes of agents. */
export function confinementHandlers({
  confinementDesk,
  audit,
}: {
  readonly confinementDesk: ConfinementDesk;
  readonly audit: Audit;
}): Pick<Handlers, keyof typeof confinementCommands> {
  return {
    trust_project: {
      async run(connection, { hash, trusted }) {
        await confinementDesk.trust(hash, trusted);
        const action = trusted ? 'project_trusted' : 'project_distrusted';
        await audit.record({ action, by: actorOf(connection), detail: hash });
        return {};
      },
    },
    get_allowed_hosts: { run: () => confinementDesk.allowedHosts() },
    remove_allowed_host: {
      async run(connection, { host }) {
        const left = await confinementDesk.removeHost(host);
        await audit.record({ action: 'allowed_host_removed', by: actorOf(connection), subject: host });
        return left;
      },
    },
  };
}
