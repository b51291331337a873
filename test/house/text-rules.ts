import { isTypeScript, type SourceFile, type Violation } from './source-tree.ts';

const lineWidthMax = 110;
const fileLinesMax = 400;

/** Lines longer than 110 characters; a Markdown table and a line that holds a URL cannot be broken. */
export function lineWidth({ path, text }: SourceFile): Violation[] {
  return text.split('\n').flatMap((content, index) => {
    const width = [...content].length;
    const excepted = /https?:\/\//.test(content) || (path.endsWith('.md') && content.startsWith('|'));
    if (width <= lineWidthMax || excepted) return [];
    return [{ path, line: index + 1, message: `${width} characters wide, at most ${lineWidthMax}` }];
  });
}

/** Code files longer than 400 lines. */
export function fileLength({ path, text }: SourceFile): Violation[] {
  const lines = text.trimEnd().split('\n').length;
  if (lines <= fileLinesMax || !(isTypeScript(path) || path.endsWith('.css'))) return [];
  return [
    { path, line: fileLinesMax + 1, message: `${lines} lines, at most ${fileLinesMax}: it holds two ideas` },
  ];
}
