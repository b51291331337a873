import { z } from 'zod';
import { limits } from '../../../src/protocol/index.ts';
import type { Outgoing } from '../state/app-state.ts';
import { keysWith, withStorage } from './local-store.ts';

/** Of more, the newest live only as long as the page. */
export const keptOutgoingMax = 100;
/** Sending again is harmless for a day by the server's clock; an hour is left for clocks that differ. */
const harmlessMs = limits.clientMessageIdTtlMs - 60 * 60 * 1000;

const Kept = z.object({
  client_message_id: z.string(),
  conversation_id: z.string(),
  thread_id: z.number().nullable(),
  text: z.string(),
  read_only: z.boolean().optional(),
  at: z.string(),
  /** The journal of the server it was written for. */
  epoch: z.string().nullable(),
});

/**
 * What waits to be sent, over a reload of the page. Each message under a key of its own, so that two open
 * pages do not overwrite each other; sent by both, it is one message by its `client_message_id`.
 */
export interface OutboxStore {
  keep(outgoing: Outgoing, epoch: string | null): void;
  forget(clientMessageId: string): void;
  /**
   * All of them, oldest first. What may no longer be sent by itself comes as refused, with the reason: it is
   * too old to be known again if it had arrived, or was written for another server at this address.
   */
  load(epoch: string | null, now: number): Outgoing[];
}

export function createOutboxStore(user: string): OutboxStore {
  const prefix = `outbox:${user}:`;
  const keysIn = (storage: Storage) => keysWith(storage, prefix);
  return {
    keep({ client_message_id, conversation_id, thread_id, text, read_only, at }, epoch) {
      withStorage((storage) => {
        const key = prefix + client_message_id;
        if (storage.getItem(key) === null && keysIn(storage).length >= keptOutgoingMax) return;
        const kept = { client_message_id, conversation_id, thread_id, text, read_only, at, epoch };
        storage.setItem(key, JSON.stringify(kept));
      });
    },
    forget: (id) => withStorage((storage) => storage.removeItem(prefix + id)),
    load(epoch, now) {
      const texts = withStorage((storage) => keysIn(storage).map((key) => storage.getItem(key))) ?? [];
      return texts
        .flatMap((text) => readKept(text))
        .map(({ epoch: written, ...kept }): Outgoing => {
          const reason = whyNot(written, epoch, now - Date.parse(kept.at));
          return { ...kept, state: reason === null ? 'waiting' : 'refused', reason };
        })
        .sort((a, b) => a.at.localeCompare(b.at));
    },
  };
}

function readKept(text: string | null): z.infer<typeof Kept>[] {
  try {
    return [Kept.parse(JSON.parse(text ?? ''))];
  } catch {
    // Written by something else: not ours to send.
    return [];
  }
}

function whyNot(written: string | null, epoch: string | null, ageMs: number): string | null {
  if (written !== null && epoch !== null && written !== epoch)
    return 'It was written for another server, or before a backup was restored.';
  return ageMs < harmlessMs ? null : 'It was written over a day ago and may have arrived.';
}
