/**
 * Tells which credentials have ended, so that connections that came in by them close at once. It remembers
 * the last ones: a sign-in may be under way while its credential ends.
 */
export interface Endings {
  tell(ids: readonly string[]): void;
  /** The tokens of a person that were signed before now count no more. */
  tellTokens(userId: string): void;
  onEnd(listener: (ids: readonly string[]) => void): void;
  onTokensEnd(listener: (userId: string) => void): void;
  hasEnded(id: string): boolean;
}

const rememberedMax = 10_000;

export function createEndings(): Endings {
  const listeners: ((ids: readonly string[]) => void)[] = [];
  const tokenListeners: ((userId: string) => void)[] = [];
  const recent = new Set<string>();

  return {
    tell(ids) {
      if (ids.length === 0) return;
      if (recent.size >= rememberedMax) recent.clear();
      for (const id of ids) recent.add(id);
      for (const listener of listeners) listener(ids);
    },
    tellTokens(userId) {
      for (const listener of tokenListeners) listener(userId);
    },
    onEnd: (listener) => void listeners.push(listener),
    onTokensEnd: (listener) => void tokenListeners.push(listener),
    hasEnded: (id) => recent.has(id),
  };
}
