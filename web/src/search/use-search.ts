import { useCallback, useEffect, useState } from 'react';
import type { SearchHit, SearchPage } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import type { Search } from '../state/app-state.ts';

/** A pause in typing after which it is looked for. */
const pauseMs = 200;
/** A page may be empty before the end; so many are asked for at once. */
const emptyPagesMax = 20;

export interface Found {
  readonly hits: readonly SearchHit[];
  /** Where it goes on. */
  readonly next: string | null;
  readonly behind: boolean;
  readonly problem: string | null;
  readonly busy: boolean;
}

const nothing: Found = { hits: [], next: null, behind: false, problem: null, busy: false };

/** What a search finds while it is typed; an answer to what was typed before is dropped. */
export function useSearch({ typed, order }: Search): Found & { more(): void } {
  const { client } = useLive();
  const [found, setFound] = useState<Found>(nothing);
  const q = typed.trim();

  const look = useCallback(
    async (cursor: string | null, signal: AbortSignal): Promise<Omit<Found, 'busy' | 'problem'>> => {
      let page: SearchPage | null = null;
      for (let pages = 0; pages < emptyPagesMax && (!page || page.hits.length === 0); pages += 1) {
        const from: string | null = page ? page.next_cursor : cursor;
        if (page && from === null) break;
        page = await client.request('search', { q, order, cursor: from ?? undefined }, { signal });
      }
      return { hits: page?.hits ?? [], next: page?.next_cursor ?? null, behind: page?.index_behind ?? false };
    },
    [client, q, order],
  );

  useEffect(() => {
    const asked = new AbortController();
    if (q === '') {
      setFound(nothing);
      return;
    }
    setFound((before) => ({ ...before, busy: true }));
    const timer = setTimeout(() => {
      look(null, asked.signal).then(
        (page) => asked.signal.aborted || setFound({ ...page, problem: null, busy: false }),
        (error: unknown) => asked.signal.aborted || setFound({ ...nothing, problem: textOf(error) }),
      );
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      asked.abort();
    };
  }, [q, look]);

  function more() {
    if (found.next === null || found.busy) return;
    setFound({ ...found, busy: true });
    const { hits, next } = found;
    look(next, new AbortController().signal).then(
      (page) =>
        setFound((now) =>
          now.hits === hits ? { ...now, ...page, hits: [...hits, ...page.hits], busy: false } : now,
        ),
      (error: unknown) => setFound((now) => ({ ...now, problem: textOf(error), busy: false })),
    );
  }

  return { ...found, more };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
