import { Children, createElement, type ReactNode } from 'react';
import { fileDetail } from '../../../src/lib/markdown/file-detail.ts';
import type { Block, FileReference, Inline, List, ListItem, Table } from '../../../src/lib/markdown/tree.ts';

/** What a text needs to know of who reads it. */
export interface Reader {
  /** Whose mention stands out. */
  readonly self: string;
  /** The way to a file of the project; null: it cannot be opened from here. */
  readonly fileOpener: (path: string) => (() => void) | null;
}

/** A text's tree as elements. Nothing in it becomes HTML that was written as HTML. */
export function MarkdownView({
  blocks,
  reader,
}: {
  readonly blocks: readonly Block[];
  readonly reader: Reader;
}) {
  return inOrder(blocks.map((block) => blockElement(block, reader, 'auto')));
}

/** The nodes never move, so their places are their keys. */
function inOrder(nodes: readonly ReactNode[]): ReactNode {
  return Children.toArray(nodes);
}

/** Only outermost blocks have `dir`: an element with a direction does not count for the one around it. */
function blockElement(block: Block, reader: Reader, dir?: 'auto'): ReactNode {
  switch (block.type) {
    case 'paragraph': {
      const content = inlines(block.children, reader);
      return block.tight ? content : <p dir={dir}>{content}</p>;
    }
    case 'heading':
      return createElement(`h${block.level}`, { dir }, inlines(block.children, reader));
    case 'code-block':
      return (
        <pre dir="ltr">
          <code className={block.language === '' ? undefined : `language-${block.language}`}>
            {block.text}
          </code>
        </pre>
      );
    case 'quote':
      return <blockquote dir={dir}>{blocksOf(block.children, reader)}</blockquote>;
    case 'list':
      return listElement(block, reader, dir);
    case 'table':
      return tableElement(block, reader, dir);
    case 'rule':
      return <hr />;
  }
}

function blocksOf(blocks: readonly Block[], reader: Reader): ReactNode {
  return inOrder(blocks.map((block) => blockElement(block, reader)));
}

function listElement({ start, items }: List, reader: Reader, dir: 'auto' | undefined): ReactNode {
  const isTaskList = items.some(({ checked }) => checked !== null);
  const content = inOrder(items.map((item) => itemElement(item, reader)));
  const className = isTaskList ? 'contains-task-list' : undefined;
  return start === null ? (
    <ul dir={dir} className={className}>
      {content}
    </ul>
  ) : (
    <ol dir={dir} className={className} start={start === 1 ? undefined : start}>
      {content}
    </ol>
  );
}

function itemElement({ checked, children }: ListItem, reader: Reader): ReactNode {
  return (
    <li className={checked === null ? undefined : 'task-list-item'}>
      {checked !== null && (
        <input type="checkbox" disabled checked={checked} aria-label={checked ? 'Done' : 'Open'} />
      )}
      {blocksOf(children, reader)}
    </li>
  );
}

function tableElement(
  { alignments, header, rows }: Table,
  reader: Reader,
  dir: 'auto' | undefined,
): ReactNode {
  const cells = (kind: 'th' | 'td', row: Table['header']) =>
    inOrder(
      row.map((cell, column) => {
        const alignment = alignments[column] ?? undefined;
        return createElement(kind, { 'data-align': alignment }, inlines(cell, reader));
      }),
    );
  const rowElement = (row: Table['header']) => <tr>{cells('td', row)}</tr>;
  return (
    <table dir={dir}>
      <thead>
        <tr>{cells('th', header)}</tr>
      </thead>
      {rows.length > 0 && <tbody>{inOrder(rows.map(rowElement))}</tbody>}
    </table>
  );
}

function inlines(nodes: readonly Inline[], reader: Reader): ReactNode {
  return inOrder(nodes.map((node) => inlineElement(node, reader)));
}

const spanTags = { strong: 'strong', emphasis: 'em', strikethrough: 'del' } as const;

function inlineElement(node: Inline, reader: Reader): ReactNode {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'break':
      return <br />;
    case 'code':
      return <code dir="ltr">{node.text}</code>;
    case 'link':
      // It opens beside the chat, and learns nothing of it.
      return (
        <a href={node.href} target="_blank" rel="noopener noreferrer nofollow">
          {inlines(node.children, reader)}
        </a>
      );
    case 'file':
      return fileElement(node, reader);
    case 'mention': {
      const isSelf = node.member.toLowerCase() === reader.self.toLowerCase();
      // Whoever is mentioned first does not decide the direction of the sentence.
      return (
        <span dir="auto" className={isSelf ? 'mention mention-self' : 'mention'} data-mention={node.member}>
          {node.text}
        </span>
      );
    }
    default:
      return createElement(spanTags[node.type], null, inlines(node.children, reader));
  }
}

function fileElement(node: FileReference, reader: Reader): ReactNode {
  const open = reader.fileOpener(node.path);
  const detail = fileDetail(node);
  const words = (
    <>
      {inlines(node.children, reader)}
      {detail !== '' && <bdi className="file-detail">{detail}</bdi>}
    </>
  );
  if (open === null) return <span className="file-reference">{words}</span>;
  return (
    <button type="button" className="file-reference file-opener" title={`Open ${node.path}`} onClick={open}>
      {words}
    </button>
  );
}
