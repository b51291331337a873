import { posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { isTypeScript, lineAt, type SourceFile } from './source-tree.ts';

export interface Import {
  readonly from: string;
  /** A path from the root for a file of ours (existing or not), else the bare specifier: `node:fs`, `zod`. */
  readonly to: string;
  readonly line: number;
  /** Loaded by its address in another thread or process (`siblingModule`): a use, but not a cycle. */
  readonly byAddress: boolean;
  /** Of types only: nothing is loaded by it. */
  readonly typesOnly: boolean;
}

/**
 * Every import of a file: static, dynamic, re-exported, of types only (`import type`,
 * `import('./x.ts').Y`), and the modules it starts by address with `siblingModule(import.meta.url,
 * './x')`.
 */
export function importsOf(file: SourceFile): Import[] {
  if (!isTypeScript(file.path)) return [];
  const { program, module, errors } = parseSync(file.path, file.text);
  const first = errors[0];
  if (first) throw new Error(`${file.path} does not parse: ${first.message}`);

  const found: Import[] = [];
  const add = (specifier: string, offset: number, { byAddress = false, typesOnly = false } = {}): void => {
    const to = resolve(file.path, specifier);
    found.push({ from: file.path, to, line: lineAt(file.text, offset), byAddress, typesOnly });
  };
  const typesOnly = (entries: readonly { isType: boolean }[]) =>
    entries.length > 0 && entries.every(({ isType }) => isType);

  for (const { moduleRequest, entries } of module.staticImports) {
    add(moduleRequest.value, moduleRequest.start, { typesOnly: typesOnly(entries) });
  }
  for (const { entries } of module.staticExports) {
    const request = entries.find((entry) => entry.moduleRequest)?.moduleRequest;
    if (request) add(request.value, request.start, { typesOnly: typesOnly(entries) });
  }
  new Visitor({
    ImportExpression({ source }) {
      if (source.type === 'Literal' && typeof source.value === 'string') add(source.value, source.start);
    },
    TSImportType({ source }) {
      add(source.value, source.start, { typesOnly: true });
    },
    CallExpression({ callee, arguments: [, path], start }) {
      if (callee.type !== 'Identifier' || callee.name !== 'siblingModule') return;
      if (path?.type !== 'Literal' || typeof path.value !== 'string') return;
      add(`${path.value}.ts`, start, { byAddress: true });
    },
  }).visit(program);
  return found;
}

function resolve(importer: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(importer), specifier) : specifier;
}
