import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { build } from 'vite';

/** The web application, built from source into a directory of its own. */
export interface BuiltWeb {
  /** The file that a page's address names, or undefined. */
  read(pathname: string): Promise<{ readonly body: Buffer; readonly type: string } | undefined>;
  remove(): Promise<void>;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export async function buildWeb(): Promise<BuiltWeb> {
  const directory = await mkdtemp(join(tmpdir(), 'web-'));
  await build({
    configFile: join(import.meta.dirname, '../../web/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: directory },
  });
  return {
    async read(pathname) {
      const path = normalize(pathname === '/' ? '/index.html' : pathname);
      const body = await readFile(join(directory, path)).catch(() => undefined);
      return body && { body, type: types[extname(path)] ?? 'application/octet-stream' };
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
