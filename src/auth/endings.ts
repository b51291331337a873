import type { ChatError } from '../protocol/index.ts';

/**
 * Tells which credentials have ended, so that connections that came in by them close at once, and of sessions
 * why. It remembers the last ones: a sign-in may be under way while its credential ends.
 */
export interface Endings {
  /** `why`: what is said to those who came in by them. */
  tell(ids: readonly string[], why?: ChatError): void;
  /** The tokens of a person that were signed before now count no more. */
  tellTokens(userId: string): void;
  onEnd(listener: (ids: readonly string[], why: ChatError | undefined) => void): void;
  onTokensEnd(listener: (userId: string) => void): void;
  hasEnded(id: string): boolean;
  /** Why one that has ended did so, where there is something to say. */
  whyEnded(id: string): ChatError | undefined;
}

const rememberedMax = 10_000;

export function createEndings(): Endings {
  const listeners: Parameters<Endings['onEnd']>[0][] = [];
  const tokenListeners: ((userId: string) => void)[] = [];
  const recent = new Map<string, ChatError | undefined>();

  return {
    tell(ids, why) {
      if (ids.length === 0) return;
      if (recent.size >= rememberedMax) recent.clear();
      for (const id of ids) recent.set(id, why);
      for (const listener of listeners) listener(ids, why);
    },
    tellTokens(userId) {
      for (const listener of tokenListeners) listener(userId);
    },
    onEnd: (listener) => void listeners.push(listener),
    onTokensEnd: (listener) => void tokenListeners.push(listener),
    hasEnded: (id) => recent.has(id),
    whyEnded: (id) => recent.get(id),
  };
}
