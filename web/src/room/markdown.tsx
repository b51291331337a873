import { memo, useMemo } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { markMentions } from '../lib/mention-markdown.ts';
import { useAppState } from '../live/use-live.ts';
import { classNames } from '../ui/class-names.ts';

/**
 * Links open beside the chat and learn nothing of it. Pictures from elsewhere are not loaded: they become
 * links.
 */
const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noopener noreferrer nofollow">
      {alt || src}
    </a>
  ),
};

interface MarkdownProps {
  readonly text: string;
  readonly quiet?: boolean;
}

/** What a member wrote. HTML in it is shown as text, never run. */
export const Markdown = memo(function Markdown({ text, quiet }: MarkdownProps) {
  const members = useAppState((state) => state.members);
  const self = useAppState((state) => state.self.user_id);
  const plugins = useMemo<Parameters<typeof ReactMarkdown>[0]['remarkPlugins']>(() => {
    const names = new Set([...Object.keys(members), self].map((name) => name.toLowerCase()));
    return [remarkGfm, [markMentions, { names, self }]];
  }, [members, self]);

  return (
    <div className={classNames('prose-chat', quiet && 'text-soft')}>
      <ReactMarkdown remarkPlugins={plugins} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
