import { useDeferredValue, useMemo } from 'react';
import { parseMentions } from '../../../src/protocol/index.ts';
import { listNames } from '../lib/names.ts';
import { useAppState } from '../live/use-live.ts';
import { mentionableNames } from '../state/mentionable.ts';

/** Below a draft: the members that it mentions, read as the server will read it. */
export function MentionPreview({ text }: { readonly text: string }) {
  const members = useAppState((state) => state.members);
  const draft = useDeferredValue(text);
  const { known, unknown: all } = useMemo(
    () => parseMentions(draft, mentionableNames(members)),
    [draft, members],
  );
  // The name at the end may still be written.
  const unknown = all.filter((name) => !draft.normalize('NFC').toLowerCase().endsWith(`@${name}`));
  if (known.length === 0 && unknown.length === 0) return null;
  return (
    <p
      data-testid="mention-preview"
      className="absolute -bottom-5 left-3 max-w-[70%] truncate text-xs text-faint"
    >
      {known.length > 0 && `Mentions ${listNames(known)}. `}
      {unknown.length > 0 && `Nobody is called ${listNames(unknown)}.`}
    </p>
  );
}
