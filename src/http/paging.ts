import { z } from 'zod';
import { limits } from '../protocol/index.ts';

/**
 * Pages of lists that are in memory and have a limit of their own. Without a `limit` a list is whole, as
 * older clients read it.
 */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(limits.listPageMax).optional(),
  cursor: z
    .string()
    .max(limits.listCursorCharsMax)
    .transform(readCursor)
    .optional()
    .describe('`next_cursor` of the page before'),
});
type PageQuery = z.output<typeof PageQuery>;

/** What an answer with a page has besides the page. */
export const pageEnd = {
  next_cursor: z.string().nullable().describe('null: nothing comes after this page'),
};

interface Cursor {
  /** Of the last item of the page, and where it stood. */
  readonly key: string;
  readonly index: number;
}

/** The page after a cursor; where the cursor's item is gone, from its place in the list on. */
export function pageOf<T>(
  items: readonly T[],
  { limit, cursor }: PageQuery,
  keyOf: (item: T) => string | number,
): { readonly page: T[]; readonly next_cursor: string | null } {
  const start = cursor === undefined ? 0 : startAfter(items, cursor, keyOf);
  const page = items.slice(start, limit === undefined ? undefined : start + limit);
  const last = page.at(-1);
  const index = start + page.length - 1;
  const isEnd = last === undefined || index + 1 >= items.length;
  return { page, next_cursor: isEnd ? null : writeCursor({ key: String(keyOf(last)), index }) };
}

function startAfter<T>(
  items: readonly T[],
  { key, index }: Cursor,
  keyOf: (item: T) => string | number,
): number {
  const at = items.findIndex((item) => String(keyOf(item)) === key);
  return at >= 0 ? at + 1 : Math.min(index, items.length);
}

const CursorForm = z.tuple([z.string(), z.number().int().min(0)]);

function writeCursor({ key, index }: Cursor): string {
  return Buffer.from(JSON.stringify([key, index])).toString('base64url');
}

function readCursor(text: string, context: z.RefinementCtx<string>): Cursor {
  try {
    const [key, index] = CursorForm.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { key, index };
  } catch {
    context.addIssue({ code: 'custom', message: 'not a cursor of this list: leave it out to begin anew' });
    return z.NEVER;
  }
}
