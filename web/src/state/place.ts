/** Where messages stand in a list: in a conversation itself, or in the thread that hangs from a message. */
export interface Place {
  readonly conversation_id: string;
  readonly thread_id: number | null;
}

/** A place as a key. A thread's begins with its conversation's. */
export function placeKey({ conversation_id, thread_id }: Place): string {
  return thread_id === null ? conversation_id : `${conversation_id}/${thread_id}`;
}

/** The place that a key is of: ids of conversations hold no slash. */
export function placeOf(key: string): Place {
  const [conversation_id = '', thread] = key.split('/');
  return { conversation_id, thread_id: thread === undefined ? null : Number(thread) };
}

/** Whether a key is of a conversation, or of a thread in it. */
export function isWithin(key: string, conversationId: string): boolean {
  return key === conversationId || key.startsWith(`${conversationId}/`);
}
