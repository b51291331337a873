import { memo, useMemo } from 'react';
import type { MentionSpan } from '../../../src/lib/markdown/mention-marks.ts';
import { parseMarkdown } from '../../../src/lib/markdown/parse.ts';
import { useAppState } from '../live/use-live.ts';
import { classNames } from '../ui/class-names.ts';
import { MarkdownView, type Reader } from './markdown-view.tsx';

interface MarkdownProps {
  readonly text: string;
  /** Where the text mentions members. */
  readonly mentions?: readonly MentionSpan[] | undefined;
  readonly quiet?: boolean;
  /** The way to a file that the text names; null: none. */
  readonly fileOpener?: Reader['fileOpener'];
}

const noFiles: Reader['fileOpener'] = () => null;

/** A text of a member. HTML in it is shown as text, never run. */
export const Markdown = memo(function Markdown({
  text,
  mentions,
  quiet,
  fileOpener = noFiles,
}: MarkdownProps) {
  const self = useAppState((state) => state.self.user_id);
  const blocks = useMemo(() => parseMarkdown(text, mentions), [text, mentions]);
  const reader = useMemo(() => ({ self, fileOpener }), [self, fileOpener]);
  return (
    <div className={classNames('prose-chat', quiet && 'text-soft')}>
      <MarkdownView blocks={blocks} reader={reader} />
    </div>
  );
});
