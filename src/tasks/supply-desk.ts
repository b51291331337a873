import { randomUUID } from 'node:crypto';
import { ChatError, type EphemeralEvent, limits, type Supply } from '../protocol/index.ts';
import type { Workers } from './workers.ts';

/** What people ask of workers about the programs that their agents run on. */
export interface SupplyDesk {
  /** Lets every worker check now. Gives back how it is before that. Errors: no_worker. */
  check(): Supply | null;
  /**
   * Hands a provider's key to the worker that stores keys, which then checks. The key is kept nowhere here.
   * Errors: no_worker; unavailable, with the reason.
   */
  setKey(provider: string, key: string): Promise<void>;
  /** A worker tells whether it stored a key. */
  keyReported(workerId: string, requestId: string, failure: string | null): void;
}

export interface SupplyDeskDependencies {
  readonly workers: Pick<Workers, 'connected' | 'supply'>;
  /** Gives back which worker was told. */
  readonly tellWorker: (workerId: string, event: EphemeralEvent) => string | undefined;
}

export function createSupplyDesk({ workers, tellWorker }: SupplyDeskDependencies): SupplyDesk {
  const awaited = new Map<string, { workerId: string; settle: (failure: string | null) => void }>();

  return {
    check() {
      const connected = workers.connected();
      if (connected.length === 0) throw new ChatError('no_worker');
      for (const { worker_id } of connected) tellWorker(worker_id, { type: 'supply_check_asked', data: {} });
      return workers.supply();
    },
    async setKey(provider, key) {
      const connected = workers.connected();
      if (connected.length === 0) throw new ChatError('no_worker');
      const workerId = connected.find(({ program }) => program.supply?.takes_key === true)?.worker_id;
      if (workerId === undefined)
        throw new ChatError('unavailable', 'The agent program of this server takes no key.');
      const request_id = randomUUID();
      const { promise, resolve } = Promise.withResolvers<string | null>();
      const late = setTimeout(
        () => resolve('The worker did not answer in time. Try again.'),
        limits.providerKeyTimeoutMs,
      );
      awaited.set(request_id, { workerId, settle: resolve });
      try {
        tellWorker(workerId, { type: 'provider_key_given', data: { request_id, provider, key } });
        const failure = await promise;
        if (failure !== null) throw new ChatError('unavailable', failure);
      } finally {
        clearTimeout(late);
        awaited.delete(request_id);
      }
    },
    keyReported(workerId, requestId, failure) {
      const waiting = awaited.get(requestId);
      if (waiting?.workerId === workerId) waiting.settle(failure);
    },
  };
}
