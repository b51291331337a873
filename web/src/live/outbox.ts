import type { ChatClient } from '../../../src/client/index.ts';
import { ChatError, type ChatMessage } from '../../../src/protocol/index.ts';
import { randomId } from '../lib/ids.ts';
import type { Outgoing } from '../state/app-state.ts';
import { type Place, placeKey } from '../state/place.ts';
import type { Store } from '../state/store.ts';
import { createOutboxStore } from './outbox-store.ts';

/** What was written and is not confirmed. Sending again is harmless: the same id is the same message. */
export interface Outbox {
  /** `readOnly`: the agents that it asks only look and answer. */
  send(place: Place, text: string, readOnly?: boolean): void;
  resend(outgoing: Outgoing): void;
  drop(outgoing: Outgoing): void;
  /** Takes up what an earlier page of this browser had not sent. */
  restore(): void;
  /** Sends what could not be sent while there was no connection. */
  sendWaiting(): void;
}

export function createOutbox(client: ChatClient, store: Store): Outbox {
  const user = store.get().self.user_id;
  const kept = createOutboxStore(user);
  const epoch = () => (client.state.kind === 'online' ? client.state.self.epoch : null);

  client.on('chat_message', ({ sender_name, client_message_id }) => {
    if (sender_name === user && client_message_id !== null) kept.forget(client_message_id);
  });

  async function deliver(outgoing: Outgoing): Promise<void> {
    const { client_message_id, text, conversation_id, thread_id, read_only } = outgoing;
    store.dispatch({ type: 'outgoing_put', outgoing: { ...outgoing, state: 'sending', reason: null } });
    try {
      const said = { conversation_id, thread_id, client_message_id, text, read_only };
      const { message } = await client.request('chat_message', said);
      kept.forget(client_message_id);
      confirmed(message);
    } catch (error) {
      if (!isWaiting(outgoing)) return;
      const unsent = error instanceof ChatError && error.code === 'unavailable';
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof ChatError && error.code === 'unknown_conversation') return abandon(outgoing);
      const state = unsent && client.state.kind !== 'closed' ? 'waiting' : 'refused';
      store.dispatch({ type: 'outgoing_put', outgoing: { ...outgoing, state, reason } });
    }
  }

  /** Its event may have come before. */
  function confirmed(message: ChatMessage): void {
    const heardTo = store.get().rooms[placeKey(message)]?.heardTo ?? 0;
    if (heardTo >= message.id) return;
    const event = { type: 'chat_message', data: message, position: 0 } as const;
    store.dispatch({ type: 'event', event, now: Date.now() });
  }

  /** Its conversation is not there any more, so nobody would see it waiting. */
  function abandon(outgoing: Outgoing): void {
    kept.forget(outgoing.client_message_id);
    store.dispatch({ type: 'outgoing_dropped', outgoing });
    const text = `Not sent, its conversation is no longer there: ${outgoing.text}`;
    store.dispatch({ type: 'toast_changed', toast: { kind: 'problem', text } });
  }

  /** It may have been confirmed by its event, although the answer got lost. */
  function isWaiting(outgoing: Outgoing): boolean {
    const room = store.get().rooms[placeKey(outgoing)];
    return room?.outbox.some((other) => other.client_message_id === outgoing.client_message_id) ?? false;
  }

  return {
    send({ conversation_id, thread_id }, text, readOnly = false) {
      const client_message_id = randomId();
      const at = new Date().toISOString();
      const read_only = readOnly || undefined;
      const outgoing = { client_message_id, conversation_id, thread_id, text, read_only, at, reason: null };
      kept.keep({ ...outgoing, state: 'waiting' }, epoch());
      void deliver({ ...outgoing, state: 'sending' });
    },
    resend: (outgoing) => void deliver(outgoing),
    drop(outgoing) {
      kept.forget(outgoing.client_message_id);
      store.dispatch({ type: 'outgoing_dropped', outgoing });
    },
    restore() {
      for (const outgoing of kept.load(epoch(), Date.now())) {
        if (!isWaiting(outgoing)) store.dispatch({ type: 'outgoing_put', outgoing });
      }
    },
    sendWaiting() {
      for (const room of Object.values(store.get().rooms)) {
        for (const outgoing of room.outbox) if (outgoing.state === 'waiting') void deliver(outgoing);
      }
    },
  };
}
