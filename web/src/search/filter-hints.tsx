import { useAppState } from '../live/use-live.ts';
import { titleOf } from '../state/conversation-list.ts';
import { useScene } from '../view.ts';

const general = ['from:', 'has:link', 'has:file', 'has:code', 'has:thread', 'has:pin', 'after:', 'before:'];

/** The filters that can be typed; a click types one. */
export function FilterHints({ onAdd }: { readonly onAdd: (filter: string) => void }) {
  const { here } = useScene();
  const conversation = useAppState((state) => state.conversations[here.conversationId]);
  const self = useAppState((state) => state.self.user_id);
  const inHere = conversation && `in:${quoted(titleIn(conversation.kind, titleOf(conversation, self)))}`;
  return (
    <div className="flex flex-wrap gap-1">
      {(inHere ? [inHere, ...general] : general).map((filter) => (
        <button
          key={filter}
          type="button"
          onClick={() => onAdd(filter.endsWith(':') ? filter : `${filter} `)}
          className="rounded-md border border-line px-1.5 font-mono text-xs text-soft hover:bg-hover"
        >
          {filter}
        </button>
      ))}
    </div>
  );
}

/** The search knows a direct conversation by its partner's @name. */
function titleIn(kind: 'channel' | 'direct', title: string): string {
  return kind === 'direct' ? `@${title}` : title;
}

function quoted(value: string): string {
  return /\s/.test(value) ? `"${value.replaceAll('"', '')}"` : value;
}
