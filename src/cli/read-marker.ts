import type { ChatClient } from '../client/index.ts';
import { ChatError, type CommandReply } from '../protocol/index.ts';

/** Tells the server how far one has read: one request at a time, then the newest place. */
export interface ReadMarker {
  mark(conversation_id: string, message_id: number): void;
  /** Resolves when all that was marked so far was told, or could not be. */
  told(): Promise<void>;
}

export function createReadMarker(
  client: ChatClient,
  answered: (state: CommandReply<'mark_read'>) => void,
  failed: (error: unknown) => void,
): ReadMarker {
  const due = new Map<string, number>();
  let work: Promise<void> | undefined;

  async function tellAll(): Promise<void> {
    for (const [conversation_id, message_id] of due) {
      due.delete(conversation_id);
      try {
        answered(await client.request('mark_read', { conversation_id, message_id }));
      } catch (error) {
        // Without a link, what is shown next marks this too; who may not mark need not hear of it each time.
        if (!(error instanceof ChatError && ['unavailable', 'forbidden'].includes(error.code))) failed(error);
      }
    }
    work = undefined;
  }

  return {
    mark(conversation_id, message_id) {
      due.set(conversation_id, message_id);
      work ??= tellAll();
    },
    told: () => work ?? Promise.resolve(),
  };
}
