import type { CommandInput, SearchHit } from '../protocol/index.ts';
import type { ChatClient } from './api.ts';

/**
 * What a search finds, in order, asked for page by page as it is taken; it ends where there is no more.
 * Rejects as `request` does.
 */
export async function* searchMessages(
  client: Pick<ChatClient, 'request'>,
  search: Omit<CommandInput<'search'>, 'cursor'>,
): AsyncGenerator<SearchHit, void> {
  let cursor: string | undefined;
  do {
    const page = await client.request('search', { ...search, cursor });
    yield* page.hits;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}
