import type { ChatClient } from '../../../src/client/index.ts';
import { ChatError } from '../../../src/protocol/index.ts';
import { randomId } from '../lib/ids.ts';
import type { Outgoing } from '../state/app-state.ts';
import type { Store } from '../state/store.ts';

/** What was written and is not confirmed. Sending again is harmless: the same id is the same message. */
export interface Outbox {
  send(conversationId: string, text: string): void;
  resend(outgoing: Outgoing): void;
  drop(outgoing: Outgoing): void;
  /** Sends what could not be sent while there was no connection. */
  sendWaiting(): void;
}

export function createOutbox(client: ChatClient, store: Store): Outbox {
  async function deliver(outgoing: Outgoing): Promise<void> {
    const { conversation_id, client_message_id, text } = outgoing;
    store.dispatch({ type: 'outgoing_put', outgoing: { ...outgoing, state: 'sending', reason: null } });
    try {
      const { message } = await client.request('chat_message', { conversation_id, client_message_id, text });
      store.dispatch({
        type: 'event',
        event: { type: 'chat_message', data: message, position: 0 },
        now: Date.now(),
      });
    } catch (error) {
      if (!isWaiting(outgoing)) return;
      const unsent = error instanceof ChatError && error.code === 'unavailable';
      const reason = error instanceof Error ? error.message : String(error);
      const state = unsent && client.state.kind !== 'closed' ? 'waiting' : 'refused';
      store.dispatch({ type: 'outgoing_put', outgoing: { ...outgoing, state, reason } });
    }
  }

  /** It may have been confirmed by its event, although the answer got lost. */
  function isWaiting(outgoing: Outgoing): boolean {
    const room = store.get().rooms[outgoing.conversation_id];
    return room?.outbox.some((other) => other.client_message_id === outgoing.client_message_id) ?? false;
  }

  return {
    send(conversation_id, text) {
      const client_message_id = randomId();
      const at = new Date().toISOString();
      void deliver({ client_message_id, conversation_id, text, at, state: 'sending', reason: null });
    },
    resend: (outgoing) => void deliver(outgoing),
    drop({ conversation_id, client_message_id }) {
      store.dispatch({ type: 'outgoing_dropped', conversation_id, client_message_id });
    },
    sendWaiting() {
      for (const room of Object.values(store.get().rooms)) {
        for (const outgoing of room.outbox) if (outgoing.state === 'waiting') void deliver(outgoing);
      }
    },
  };
}
