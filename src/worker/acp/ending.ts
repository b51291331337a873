/**
 * How a turn ended. The first that applies, in the order of this list: a person who asked for a stop is told
 * that it stopped, whatever the program answered to that.
 */
export type TurnEnding =
  /** It was asked to stop. */
  | { readonly kind: 'stopped'; readonly reason: string }
  /** The program ended in the middle of it. */
  | { readonly kind: 'gone'; readonly reason: string }
  /**
   * The program said that it failed, or was told to give it up. `byModel`: its model would not go on, as by a
   * refusal, which says nothing against the program.
   */
  | { readonly kind: 'failed'; readonly reason: string; readonly byModel?: true }
  /** The answer reached the length limit of the model. */
  | { readonly kind: 'cut' }
  /** There is no answer. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'done' };

/** What is known of a turn when it ends. */
export interface TurnFacts {
  /** Asked to stop, and how it stopped; null: nobody asked. */
  readonly stop: string | null;
  /** How the program ended; null: it runs. */
  readonly gone: string | null;
  /** Why it failed, by what the program answered or by what it sent; null: it did not. */
  readonly failure: string | null;
  /** It failed because its model would not go on. */
  readonly byModel?: boolean;
  readonly isCut: boolean;
  readonly hasAnswer: boolean;
}

export function turnEnding({ stop, gone, failure, byModel, isCut, hasAnswer }: TurnFacts): TurnEnding {
  if (stop !== null) return { kind: 'stopped', reason: stop };
  if (gone !== null) return { kind: 'gone', reason: gone };
  if (failure !== null) return { kind: 'failed', reason: failure, ...(byModel === true ? { byModel } : {}) };
  if (isCut) return { kind: 'cut' };
  return hasAnswer ? { kind: 'done' } : { kind: 'empty' };
}
