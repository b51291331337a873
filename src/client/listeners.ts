/** Listeners of one thing. One that throws is reported and does not keep the others from hearing. */
export interface Listeners<Args extends readonly unknown[]> {
  /** Gives back how to stop listening. */
  add(listener: (...args: Args) => void): () => void;
  call(...args: Args): void;
}

export function createListeners<Args extends readonly unknown[]>(): Listeners<Args> {
  const entries = new Set<{ readonly listener: (...args: Args) => void }>();
  return {
    add(listener) {
      const entry = { listener };
      entries.add(entry);
      return () => void entries.delete(entry);
    },
    call(...args) {
      for (const { listener } of [...entries]) {
        try {
          listener(...args);
        } catch (error) {
          console.error('A listener of the chat client failed:', error);
        }
      }
    },
  };
}
