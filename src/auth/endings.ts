/**
 * Tells which credentials have ended, so that connections that came in by them close at once. It remembers
 * the last ones: a sign-in may be under way while its credential ends.
 */
export interface Endings {
  tell(ids: readonly string[]): void;
  onEnd(listener: (ids: readonly string[]) => void): void;
  hasEnded(id: string): boolean;
}

const rememberedMax = 10_000;

export function createEndings(): Endings {
  const listeners: ((ids: readonly string[]) => void)[] = [];
  const recent = new Set<string>();

  return {
    tell(ids) {
      if (ids.length === 0) return;
      if (recent.size >= rememberedMax) recent.clear();
      for (const id of ids) recent.add(id);
      for (const listener of listeners) listener(ids);
    },
    onEnd: (listener) => void listeners.push(listener),
    hasEnded: (id) => recent.has(id),
  };
}
