/** Only what is needed of a Markdown syntax tree (mdast). */
interface Node {
  type: string;
  value?: string;
  children?: Node[];
  data?: { hName: string; hProperties: Record<string, string> };
}

const mention = /(?<![\w@/.-])@([a-z][a-z0-9_-]{0,31})/gi;

/**
 * A remark plugin: mentions of `names` (lower case) in running text become marked words. Code and links are
 * left alone. A name may be written with the ending "-bot".
 */
export function markMentions(options: { readonly names: ReadonlySet<string>; readonly self: string }) {
  return (tree: Node): void => visit(tree, options.names, options.self.toLowerCase());
}

function visit(node: Node, names: ReadonlySet<string>, self: string): void {
  if (!node.children || node.type === 'link') return;
  node.children = node.children.flatMap((child) => {
    if (child.type === 'text' && child.value) return splitText(child.value, names, self);
    visit(child, names, self);
    return [child];
  });
}

function splitText(value: string, names: ReadonlySet<string>, self: string): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const match of value.matchAll(mention)) {
    const name = knownName(match[1] ?? '', names);
    if (name === null) continue;
    if (match.index > from) nodes.push({ type: 'text', value: value.slice(from, match.index) });
    from = match.index + match[0].length;
    nodes.push(marked(match[0], name, name === self));
  }
  if (from === 0) return [{ type: 'text', value }];
  if (from < value.length) nodes.push({ type: 'text', value: value.slice(from) });
  return nodes;
}

function knownName(written: string, names: ReadonlySet<string>): string | null {
  const name = written.toLowerCase();
  if (names.has(name)) return name;
  const short = name.replace(/-bot$/, '');
  return names.has(short) ? short : null;
}

function marked(text: string, name: string, isSelf: boolean): Node {
  const className = isSelf ? 'mention mention-self' : 'mention';
  return {
    type: 'mention',
    data: { hName: 'span', hProperties: { className, dataMention: name } },
    children: [{ type: 'text', value: text }],
  };
}
