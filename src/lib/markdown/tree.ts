/** A text as a tree of a few kinds of node, from which each surface makes its own output. */

export type Block = Paragraph | Heading | CodeBlock | Quote | List | Table | Rule;

export interface Paragraph {
  readonly type: 'paragraph';
  /** In a list without blank lines between its items: shown without space around it. */
  readonly tight: boolean;
  readonly children: readonly Inline[];
}

export interface Heading {
  readonly type: 'heading';
  readonly level: 1 | 2 | 3 | 4 | 5 | 6;
  readonly children: readonly Inline[];
}

export interface CodeBlock {
  readonly type: 'code-block';
  readonly text: string;
  /** The first word after the fence; empty if there is none. */
  readonly language: string;
}

export interface Quote {
  readonly type: 'quote';
  readonly children: readonly Block[];
}

export interface List {
  readonly type: 'list';
  /** The number of the first item; null: not numbered. */
  readonly start: number | null;
  readonly items: readonly ListItem[];
}

export interface ListItem {
  /** Of a task list; null: not a task. */
  readonly checked: boolean | null;
  readonly children: readonly Block[];
}

export interface Table {
  readonly type: 'table';
  /** One for each column. */
  readonly alignments: readonly Alignment[];
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Alignment = 'left' | 'center' | 'right' | null;
export type Cell = readonly Inline[];

export interface Rule {
  readonly type: 'rule';
}

export type Inline = Text | Break | Code | Span | Link | FileReference | Mention;

export interface Text {
  readonly type: 'text';
  readonly text: string;
}

export interface Break {
  readonly type: 'break';
}

export interface Code {
  readonly type: 'code';
  readonly text: string;
}

export interface Span {
  readonly type: 'strong' | 'emphasis' | 'strikethrough';
  readonly children: readonly Inline[];
}

/** A link to an address that a browser may open: http, https or mailto. An image is a link too. */
export interface Link {
  readonly type: 'link';
  readonly href: string;
  readonly children: readonly Inline[];
}

/** A link to a file, as agents write it: `[app](src/app.ts#L10)`. */
export interface FileReference {
  readonly type: 'file';
  readonly path: string;
  readonly line: number | null;
  readonly children: readonly Inline[];
}

export interface Mention {
  readonly type: 'mention';
  readonly member: string;
  /** As it was written, with its `@`. */
  readonly text: string;
}

/** The text of inline nodes without their markup. */
export function plainText(nodes: readonly Inline[]): string {
  return nodes.map(textOf).join('');
}

function textOf(node: Inline): string {
  switch (node.type) {
    case 'text':
    case 'code':
    case 'mention':
      return node.text;
    case 'break':
      return '\n';
    default:
      return plainText(node.children);
  }
}

/** Nodes of a tree, at every depth. */
export function countNodes(nodes: readonly (Block | Inline)[]): number {
  return nodes.reduce((sum, node) => sum + 1 + countNodes(childrenOf(node)), 0);
}

/** Of a list, those of its items; of a table, those of its cells. */
export function childrenOf(node: Block | Inline): readonly (Block | Inline)[] {
  if (node.type === 'list') return node.items.flatMap(({ children }) => children);
  if (node.type === 'table') return [node.header, ...node.rows].flat(2);
  return 'children' in node ? node.children : [];
}
