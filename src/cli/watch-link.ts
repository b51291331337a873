import type { ChatClient, ConnectionState } from '../client/index.ts';
import type { CommandReply } from '../protocol/index.ts';
import type { Gate } from './gate.ts';
import { cleanLine } from './sanitise.ts';

export interface LinkWatch {
  readonly client: ChatClient;
  readonly gate: Gate;
  aside(text: string): void;
  warn(text: string): void;
  signedIn(self: CommandReply<'auth'>): void;
  /** The link is back, and all that was missed was heard. */
  recovered(): void;
}

/** Tells the state of the link. What was missed is shown after the link is told to be back. */
export function watchLink({ client, gate, aside, warn, signedIn, recovered }: LinkWatch): {
  /** Lets through what waits for the link: whoever loads anew holds it back now. */
  release(): void;
  stop(): void;
} {
  let wasLost = false;
  let holds = false;

  function release(): void {
    if (!holds) return;
    holds = false;
    gate.open();
  }

  function changed(state: ConnectionState): void {
    if (state.kind === 'online') {
      signedIn(state.self);
      if (wasLost) aside(state.recovered ? 'Connected again. Nothing was missed.' : 'Connected again.');
      wasLost = false;
      if (!state.recovered) return;
      release();
      recovered();
    } else if (state.kind === 'waiting' && !wasLost) {
      wasLost = true;
      if (!holds) gate.shut();
      holds = true;
      warn(`${cleanLine(state.reason)} Trying to reconnect.`);
    } else if (state.kind === 'closed' && state.code !== undefined) {
      warn(cleanLine(state.reason));
    }
  }

  const stop = client.onState(changed);
  changed(client.state);
  return { release, stop };
}
