import { createHash } from 'node:crypto';
import { type Clock, isoTime } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import type { AgentProgram } from './protocol/index.ts';
import type { Store } from './store/store.ts';
import type { Workers } from './tasks/workers.ts';

export interface SupplyNews {
  readonly store: Pick<Store, 'tellState'>;
  readonly workers: Pick<Workers, 'programs' | 'onChange'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Tells the room what the agents run on, whether they can work and are confined, and what the project
 * configures for them: whenever that differs from what the room was told last, also before a restart. A check
 * under way is told when it is done.
 */
export function startSupplyNews({ store, workers, clock, log }: SupplyNews): void {
  let telling = Promise.resolve();

  async function tell(): Promise<void> {
    const [program] = workers.programs();
    if (program === undefined || program.supply?.state === 'checking') return;
    await tellState('supply', stateOf(program), program.reason);
    const { sandbox, project_config } = program;
    if (sandbox !== undefined && sandbox.state !== 'on') {
      await tellState('sandbox', sandbox.state, sandbox.reason);
    }
    if (project_config === undefined) return;
    // Once for each content. What is too large to have a hash is told by its words.
    const { state, hash, reason } = project_config;
    await tellState('project_config', `${state} ${hash ?? reason}`, reason);
  }

  async function tellState(subject: string, state: string, text: string): Promise<void> {
    await store.tellState({
      subject,
      state,
      message: {
        conversation_id: 'main',
        sender_name: 'system',
        sender_kind: 'system',
        text,
        mentions: [],
        reply_to: null,
        client_message_id: null,
        metadata: { kind: 'notice' },
        at: isoTime(clock),
      },
    });
  }

  workers.onChange(() => {
    telling = telling
      .then(tell)
      .catch((error: unknown) => log.error({ err: error }, 'could not say what the agents run on'));
  });
}

/** Whether two are told apart. A provider's error may be worded anew each time and is still the same. */
function stateOf({ kind, name, model, reason, supply }: AgentProgram): string {
  const { problem = null, provider = null } = supply ?? {};
  const words = problem === null ? reason : '';
  const parts = JSON.stringify([kind, name, model, supply?.state, problem, provider, words]);
  return createHash('sha256').update(parts).digest('base64url');
}
