import type { SearchHit, SnippetPart } from '../../../src/protocol/index.ts';
import { MessageCard } from '../thread/message-card.tsx';
import { useMediaQuery } from '../ui/use-media-query.ts';
import { panelFitsQuery, useView } from '../view.ts';
import { whereIs } from '../where.ts';

/** A found message, with what was searched for in it. It leads to where the message was said. */
export function SearchResult({ hit }: { readonly hit: SearchHit }) {
  const { go } = useView();
  // Where there is room the results stay beside the conversation; a thread needs that place.
  const stays = useMediaQuery(panelFitsQuery) && hit.thread_id === null;
  return (
    <MessageCard message={hit} placed onOpen={() => go(whereIs(hit), stays)}>
      <span dir="auto" className="mt-0.5 line-clamp-4 text-sm whitespace-pre-line">
        {withOffsets(hit.snippet).map(({ at, text, hit: found }) =>
          found ? (
            <mark key={at} className="rounded-sm bg-warn-soft px-0.5 font-medium text-warn">
              {text}
            </mark>
          ) : (
            <span key={at}>{text}</span>
          ),
        )}
      </span>
    </MessageCard>
  );
}

/** Each part with where it begins, which tells it from the others. */
function withOffsets(parts: readonly SnippetPart[]): (SnippetPart & { at: number })[] {
  let at = 0;
  return parts.map((part) => {
    const from = at;
    at += part.text.length;
    return { ...part, at: from };
  });
}
