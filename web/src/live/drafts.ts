/** What was typed and not sent, per conversation, so that a reload loses nothing. */
const key = (conversationId: string) => `draft:${conversationId}`;

export function readDraft(conversationId: string): string {
  return withStorage((storage) => storage.getItem(key(conversationId))) ?? '';
}

export function writeDraft(conversationId: string, text: string): void {
  withStorage((storage) => {
    if (text) storage.setItem(key(conversationId), text);
    else storage.removeItem(key(conversationId));
  });
}

/** A browser may refuse storage (private mode, a full disk): then drafts live as long as the page. */
function withStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(window.localStorage);
  } catch {
    return undefined;
  }
}
