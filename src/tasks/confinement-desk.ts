import { type AllowedHosts, ChatError } from '../protocol/index.ts';
import type { WorkerDesk } from './worker-desk.ts';
import type { Workers } from './workers.ts';

/** What admins decide about how the agents of the workers are confined. */
export interface ConfinementDesk {
  /**
   * Has every worker with exactly this configuration in its project load it, or not. Errors: no_worker;
   * not_found; unavailable, with the reason.
   */
  trust(hash: string, trusted: boolean): Promise<void>;
  /** Errors: no_worker; unavailable. */
  allowedHosts(): Promise<AllowedHosts>;
  /** Gives back what is left. Errors: not_found; as for `allowedHosts`. */
  removeHost(host: string): Promise<AllowedHosts>;
}

export interface ConfinementDeskDependencies {
  readonly workers: Pick<Workers, 'connected'>;
  readonly desk: Pick<WorkerDesk, 'ask'>;
}

export function createConfinementDesk({ workers, desk }: ConfinementDeskDependencies): ConfinementDesk {
  function connected() {
    const all = workers.connected();
    if (all.length === 0) throw new ChatError('no_worker');
    return all;
  }

  async function askAll(remove: string | null) {
    const answers = await Promise.all(
      connected().map(({ worker_id }) => desk.ask(worker_id, { kind: 'allowed_hosts', remove })),
    );
    if (remove !== null && answers.every(({ removed }) => !removed)) {
      throw new ChatError('not_found', `Nobody always allowed "${remove}" in this project.`);
    }
    const unique = (hosts: readonly string[]) => [...new Set(hosts)];
    return {
      hosts: unique(answers.flatMap(({ hosts }) => hosts)),
      set: unique(answers.flatMap(({ set }) => set)),
    };
  }

  return {
    async trust(hash, trusted) {
      const having = connected().filter(({ program }) => program.project_config?.hash === hash);
      if (having.length === 0) {
        throw new ChatError('not_found', 'The configuration in the project is another one now. Look again.');
      }
      const question = { kind: 'trust_project', hash, trusted } as const;
      await Promise.all(having.map(({ worker_id }) => desk.ask(worker_id, question)));
    },
    allowedHosts: () => askAll(null),
    removeHost: (host) => askAll(host),
  };
}
