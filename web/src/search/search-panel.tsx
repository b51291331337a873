import { type KeyboardEvent, useEffect, useRef } from 'react';
import { limits } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import type { Search } from '../state/app-state.ts';
import { Button } from '../ui/button.tsx';
import { field } from '../ui/looks.ts';
import { PanelHeader } from '../ui/panel-header.tsx';
import { useView } from '../view.ts';
import { FilterHints } from './filter-hints.tsx';
import { OrderSwitch } from './order-switch.tsx';
import { SearchResult } from './search-result.tsx';
import { type Found, useSearch } from './use-search.ts';

/** Finds messages. What was searched for stays, so that one can come back to it. */
export function SearchPanel() {
  const { store } = useLive();
  const { closePanel } = useView();
  const search = useAppState((state) => state.search);
  const found = useSearch(search);
  const input = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLUListElement>(null);
  const change = (next: Partial<Search>) =>
    store.dispatch({ type: 'search_changed', search: { ...search, ...next } });

  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);

  /** From the field to the results and among them. */
  function onKeyDown(event: KeyboardEvent) {
    const buttons = [...(results.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const enters = event.key === 'Enter' && document.activeElement === input.current;
    if (step === undefined && !enters) return;
    event.preventDefault();
    const next = at + (step ?? 1);
    if (next < 0) input.current?.focus();
    else buttons[Math.min(next, buttons.length - 1)]?.focus();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that the field and the results in it share
    <div className="flex h-full min-h-0 flex-col" data-testid="search-panel" onKeyDown={onKeyDown}>
      <PanelHeader title="Search" onClose={closePanel} />
      <div className="space-y-2 border-b border-line p-3">
        <input
          dir="auto"
          ref={input}
          type="search"
          value={search.typed}
          onChange={(event) => change({ typed: event.target.value })}
          maxLength={limits.searchQueryCharsMax}
          placeholder='Words, "words side by side", from:elad'
          aria-label="Search messages"
          className={field}
        />
        <FilterHints
          onAdd={(filter) => {
            change({ typed: `${search.typed.trimEnd()} ${filter}`.trimStart() });
            input.current?.focus();
          }}
        />
      </div>
      <div className="flex items-center gap-2 px-4 py-2 text-xs text-faint">
        <span role="status" className="min-w-0 flex-1">
          {statusOf(search.typed, found)}
        </span>
        <OrderSwitch order={search.order} onChange={(order) => change({ order })} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-3">
        {found.problem && (
          <p className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">{found.problem}</p>
        )}
        <ul ref={results} className="space-y-2" aria-label="Found messages">
          {found.hits.map((hit) => (
            <li key={hit.id}>
              <SearchResult hit={hit} />
            </li>
          ))}
        </ul>
        {found.next !== null && (
          <div className="mt-3 text-center">
            <Button size="small" disabled={found.busy} onClick={found.more}>
              {found.busy ? 'Searching…' : 'More'}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

function statusOf(typed: string, { hits, next, busy, behind, problem }: Found): string {
  if (typed.trim() === '') return 'All conversations that you may see';
  if (problem) return '';
  if (busy && hits.length === 0) return 'Searching…';
  const count = hits.length === 0 ? 'Nothing found' : `${hits.length}${next === null ? '' : '+'} found`;
  return behind ? `${count}. The newest messages may be missing yet.` : count;
}
