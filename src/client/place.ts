import type { CommandInput } from '../protocol/index.ts';

/** How far in the journal a client is, so that nothing is heard twice and nothing missed. */
export interface Place {
  /** What to ask for at the next sign-in; undefined: nothing is held that could go on. */
  resume(): CommandInput<'auth'>['resume'];
  /** A state up to here is there, or will be loaded; what was heard before is of no account. */
  set(epoch: string, position: number): void;
  /** Whether an event at a position is news. It is none the next time. */
  advance(position: number): boolean;
  /** The next sign-in begins anew. */
  forget(): void;
}

export function createPlace(): Place {
  let place: { readonly epoch: string; readonly position: number } | undefined;
  return {
    resume: () => place,
    set(epoch, position) {
      place = { epoch, position };
    },
    advance(position) {
      if (place === undefined) return true;
      if (position <= place.position) return false;
      place = { ...place, position };
      return true;
    },
    forget() {
      place = undefined;
    },
  };
}
