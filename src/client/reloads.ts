/** Loads a snapshot. One that rejects is asked for again on the next connection. */
export type Load = () => void | Promise<void>;

/** Who must load a snapshot when, because events alone do not lead to the present state. */
export interface Reloads {
  /** Gives back how to stop. */
  add(load: Load): () => void;
  /** A connection is there; `recovered`: whoever had loaded has heard everything since. */
  online(recovered: boolean): void;
}

export function createReloads(isOnline: () => boolean): Reloads {
  const entries = new Set<{ readonly load: Load; due: boolean }>();

  async function run(entry: { readonly load: Load; due: boolean }): Promise<void> {
    entry.due = false;
    try {
      await entry.load();
    } catch (error) {
      entry.due = true;
      if (isOnline()) console.error('A snapshot of the chat could not be loaded:', error);
    }
  }

  return {
    add(load) {
      const entry = { load, due: true };
      entries.add(entry);
      if (isOnline()) void run(entry);
      return () => void entries.delete(entry);
    },
    online(recovered) {
      for (const entry of [...entries]) {
        if (!recovered) entry.due = true;
        if (entry.due) void run(entry);
      }
    },
  };
}
