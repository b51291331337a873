import type { Identity } from '../auth/identity.ts';
import { ChatError } from '../protocol/index.ts';
import type { Rates } from './rates.ts';

/**
 * Does something for each in turn, and gives back what came of it or why it was refused: that one is refused
 * keeps none of the others. Each counts as a message, so that a batch is no way past the limits.
 */
export async function each<T, R>(
  rates: Rates,
  identity: Identity,
  items: readonly T[],
  act: (item: T) => Promise<R>,
): Promise<(R | ChatError)[]> {
  const results: (R | ChatError)[] = [];
  for (const [index, item] of items.entries()) {
    try {
      // The request itself counted for the first.
      if (index > 0) await rates.spend(identity, 'message');
      results.push(await act(item));
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      results.push(error);
    }
  }
  return results;
}
