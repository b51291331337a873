import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** A broken rule: where, and what to do about it. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export const root = join(import.meta.dirname, '..', '..');

const patterns = [
  '*.{md,ts}',
  'bin/**/*.{js,cjs}',
  'docs/**/*.md',
  '{src,web,test,bench,scripts}/**/*.{ts,tsx,css,md}',
];
const elsewhere = ['**/node_modules/**', '**/dist/**', 'docs/PROTOCOL.md'];

export function readSourceTree(): SourceFile[] {
  return globSync(patterns, { cwd: root, exclude: elsewhere }).map((found) => {
    const path = found.replaceAll('\\', '/');
    return { path, text: readFileSync(join(root, found), 'utf8') };
  });
}

export const isTypeScript = (path: string): boolean => /\.tsx?$/.test(path);
export const isTest = (path: string): boolean => path.endsWith('.test.ts');

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export function report(violations: readonly Violation[]): string {
  return violations.map((found) => `${found.path}:${found.line}  ${found.message}`).join('\n');
}
