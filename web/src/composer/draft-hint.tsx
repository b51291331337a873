import { useDeferredValue, useMemo } from 'react';
import { parseMentions } from '../../../src/protocol/index.ts';
import { listNames } from '../lib/names.ts';
import { useAppState } from '../live/use-live.ts';
import { mentionableNames } from '../state/mentionable.ts';
import type { Target } from './use-target.ts';

interface DraftHintProps {
  readonly text: string;
  readonly target: Pick<Target, 'reaches' | 'agents'>;
}

/** One line below a draft: the agents that it reaches, other members that it mentions, unknown names. */
export function DraftHint({ text, target: { reaches, agents } }: DraftHintProps) {
  const members = useAppState((state) => state.members);
  const draft = useDeferredValue(text);
  const { known, unknown } = useMemo(() => parseMentions(draft, mentionableNames(members)), [draft, members]);
  const others = known.filter((name) => !agents.includes(name));
  // The name at the end may still be written.
  const nobody = unknown.filter((name) => !draft.normalize('NFC').toLowerCase().endsWith(`@${name}`));
  const sentences = [
    reaches === null ? '' : `${reaches}.`,
    others.length > 0 ? `Mentions ${listNames(others)}.` : '',
    nobody.length > 0 ? `Nobody is called ${listNames(nobody)}.` : '',
  ].filter((sentence) => sentence !== '');
  if (sentences.length === 0) return null;
  const hint = sentences.join(' ');
  return (
    <p data-testid="draft-hint" title={hint} className="min-w-0 truncate text-faint">
      {hint}
    </p>
  );
}
