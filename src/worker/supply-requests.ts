import type { Log } from '../lib/log.ts';
import { limits } from '../protocol/index.ts';
import type { Supply } from './supply.ts';
import type { TeamConnection } from './team-connection.ts';

export interface SupplyRequests {
  readonly connection: Pick<TeamConnection, 'on' | 'request'>;
  readonly supply: Supply;
  readonly storeKey: (provider: string, key: string) => Promise<void>;
  readonly log: Log;
}

/** Does what people ask about the agent program of this worker: to check it now, to store a key for it. */
export function answerSupplyRequests({ connection, supply, storeKey, log }: SupplyRequests): void {
  const orLog = (what: string) => (error: unknown) => log.error({ err: error }, what);
  const check = () => supply.check().catch(orLog('the agent program could not be checked'));

  async function takeKey(request_id: string, provider: string, key: string): Promise<void> {
    const failure = await storeKey(provider, key).then(
      () => null,
      (error: unknown) => `The key could not be stored: ${String(error)}`.slice(0, limits.reasonCharsMax),
    );
    await connection.request('report_provider_key', { request_id, failure });
    if (failure === null) await check();
  }

  connection.on('supply_check_asked', () => void check());
  connection.on('provider_key_given', ({ request_id, provider, key }) => {
    takeKey(request_id, provider, key).catch(orLog('whether a key was stored was not told'));
  });
}
