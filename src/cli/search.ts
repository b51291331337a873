import type { ChatClient } from '../client/index.ts';
import type { CommandInput, SearchHit, SearchPage } from '../protocol/index.ts';

/** Pages asked for until one is full: each does limited work, and may be short before the end. */
const pagesMax = 10;

/** The next hits of a search, as many as its `limit`, fewer at the end or when they are hard to find. */
export async function findNext(
  client: Pick<ChatClient, 'request'>,
  search: CommandInput<'search'> & { readonly limit: number },
): Promise<SearchPage> {
  const hits: SearchHit[] = [];
  let cursor = search.cursor;
  for (let pages = 1; ; pages += 1) {
    const page = await client.request('search', { ...search, limit: search.limit - hits.length, cursor });
    hits.push(...page.hits);
    const isEnough = hits.length >= search.limit || pages >= pagesMax;
    if (isEnough || page.next_cursor === null) return { ...page, hits };
    cursor = page.next_cursor;
  }
}

/** A search that goes on page by page. */
export interface PagedSearch {
  begin(q: string): Promise<SearchPage>;
  /** Undefined: there is no more of what was searched for last. */
  next(): Promise<SearchPage | undefined>;
}

export function createPagedSearch(client: Pick<ChatClient, 'request'>, limit: number): PagedSearch {
  let rest: { readonly q: string; readonly cursor?: string } | undefined;

  async function find(search: { readonly q: string; readonly cursor?: string }): Promise<SearchPage> {
    const page = await findNext(client, { ...search, limit });
    rest = page.next_cursor === null ? undefined : { q: search.q, cursor: page.next_cursor };
    return page;
  }

  return {
    begin(q) {
      rest = undefined;
      return find({ q });
    },
    next: async () => rest && find(rest),
  };
}
