import { test } from 'node:test';
import { fuzzChat } from './fuzz-chat.ts';

const secondsDefault = 8;
/** Whoever lets it go on for longer sees how far it is. */
const seedsPerLine = 25;

/** `FUZZ_SEED=n` repeats one seed; `FUZZ_SECONDS=n`, `FUZZ_SEEDS=n` go on for longer. */
test('whatever happens to their connections, all hear the same, once and in order', async (t) => {
  const { FUZZ_SEED, FUZZ_SECONDS, FUZZ_SEEDS } = process.env;
  if (FUZZ_SEED !== undefined) {
    await fuzzChat(Number(FUZZ_SEED));
    return;
  }
  const seedsMax = Number(FUZZ_SEEDS ?? Number.POSITIVE_INFINITY);
  const seconds = FUZZ_SECONDS ?? (FUZZ_SEEDS === undefined ? secondsDefault : Number.POSITIVE_INFINITY);
  const deadline = performance.now() + Number(seconds) * 1_000;
  let seed = Date.now() % 1_000_000_000;
  let seeds = 0;
  while (performance.now() < deadline && seeds < seedsMax) {
    try {
      await fuzzChat(seed);
    } catch (error) {
      throw new Error(`Seed ${seed} fails. Repeat it: FUZZ_SEED=${seed} npm run fuzz`, { cause: error });
    }
    seed += 1;
    seeds += 1;
    if (seeds % seedsPerLine === 0) console.log(`${seeds} seeds, up to ${seed - 1}`);
  }
  t.diagnostic(`${seeds} seeds`);
});
