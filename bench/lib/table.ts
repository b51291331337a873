import { median, spreadPercent } from './stats.ts';

/** A column: its heading, and its figure of one run. */
export interface Column<Run> {
  readonly heading: string;
  readonly value: (run: Run) => number;
  readonly digits: number;
  /** Also shown as a multiple of the first row's. */
  readonly ratio?: true;
}

/** Prints the medians of each row's runs, with how far the runs of a ratio's column are apart. */
export function printTable<Run>(
  title: string,
  columns: readonly Column<Run>[],
  rows: ReadonlyMap<string, readonly Run[]>,
): void {
  const headings = columns.flatMap(({ heading, ratio }) =>
    ratio ? [heading, 'spread', 'ratio'] : [heading],
  );
  const first = rows.values().next().value ?? [];
  console.log(`\n${title}\n`);
  console.log(`| peer | ${headings.join(' | ')} |`);
  console.log(`|---|${headings.map(() => '---:').join('|')}|`);
  for (const [name, runs] of rows) {
    const cells = columns.flatMap(({ value, digits, ratio }) => {
      const values = runs.map(value);
      const shown = median(values).toFixed(digits);
      if (!ratio) return [shown];
      const multiple = median(values) / median(first.map(value));
      return [shown, `${spreadPercent(values).toFixed(0)} %`, multiple.toFixed(2)];
    });
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

/** Runs every peer once, then every peer again: what else the machine does meanwhile meets all of them. */
export async function interleave<Item extends { readonly name: string }, Run>(
  items: readonly Item[],
  runs: number,
  run: (item: Item) => Promise<Run>,
): Promise<Map<string, Run[]>> {
  const rows = new Map<string, Run[]>(items.map(({ name }) => [name, []]));
  for (let round = 0; round < runs; round += 1) {
    for (const item of items) {
      try {
        rows.get(item.name)?.push(await run(item));
      } catch (error) {
        console.error(`${item.name}, run ${round + 1}: ${(error as Error).message}`);
      }
    }
  }
  return rows;
}
