/** What of a message counts for its rank. */
export interface Rankable {
  readonly id: number;
  /** How often it says each term, in the order of the terms. */
  readonly counts: readonly number[];
  readonly words: number;
  /** Whether it says the terms side by side, in their order. */
  readonly together: boolean;
}

/** The usual constants of BM25: how soon saying it again adds little, how much length counts. */
const saturation = 1.2;
const lengthShare = 0.75;
const togetherFactor = 1.5;

/**
 * The best first, equals newest first. The score is that of BM25 over these messages alone: so it costs by
 * their number, not by how often the words are said in all the chat.
 */
export function rank<Message extends Rankable>(messages: readonly Message[]): Message[] {
  const average = messages.reduce((sum, { words }) => sum + words, 0) / Math.max(1, messages.length);
  const weights = weightsOf(messages);
  const scores = new Map(messages.map((message) => [message, score(message, weights, average)]));
  const scoreOf = (message: Message) => scores.get(message) ?? 0;
  return messages.toSorted((a, b) => scoreOf(b) - scoreOf(a) || b.id - a.id);
}

/** How rare each term is: all of these messages say it, so by how often they do. */
function weightsOf(messages: readonly Rankable[]): number[] {
  const totals = (messages[0]?.counts ?? []).map((_, term) =>
    messages.reduce((sum, { counts }) => sum + (counts[term] ?? 0), 0),
  );
  const all = totals.reduce((sum, total) => sum + total, 0);
  return totals.map((total) => Math.log(1 + all / total));
}

function score({ counts, words, together }: Rankable, weights: readonly number[], average: number): number {
  const length = 1 - lengthShare + lengthShare * (words / average);
  const sum = counts.reduce(
    (total, count, term) =>
      total + ((weights[term] ?? 0) * count * (saturation + 1)) / (count + saturation * length),
    0,
  );
  return together ? sum * togetherFactor : sum;
}
