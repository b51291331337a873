/**
 * `npm run build`: src -> dist (JavaScript, types, source maps) and web -> dist/web, from nothing. With
 * `--web-if-stale` only the page, and only if something it is made of is newer: `npm start` and `npm test`
 * run this first, so that there always is a present page.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const output = join(root, 'dist');
const webOutput = join(output, 'web');

if (process.argv.includes('--web-if-stale')) {
  if (isWebStale()) await buildWeb();
} else {
  rmSync(output, { recursive: true, force: true });
  compile();
  copyAssets();
  await buildWeb();
}

function compile(): void {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin',
    'tsc',
  );
  const args = [compiler, '-p', 'tsconfig.build.json'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** What the compiler leaves behind: every file of src that is not TypeScript. */
function copyAssets(): void {
  for (const path of globSync('**/*.*', { cwd: join(root, 'src'), exclude: ['**/*.ts'] })) {
    cpSync(join(root, 'src', path), join(output, path));
  }
}

function isWebStale(): boolean {
  const page = join(webOutput, 'index.html');
  if (!existsSync(page)) return true;
  const built = statSync(page).mtimeMs;
  const sources = globSync(['web/**', 'src/{protocol,client,lib}/**', 'package-lock.json'], { cwd: root });
  return sources.some((path) => statSync(join(root, path)).mtimeMs > built);
}

/** Built beside its place, then renamed, so that a running server never serves half a page. */
async function buildWeb(): Promise<void> {
  const { build } = await import('vite');
  const fresh = join(output, `.web-${process.pid}`);
  console.log('Building the web page …');
  await build({
    configFile: join(root, 'web', 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: fresh, emptyOutDir: true },
  });
  rmSync(webOutput, { recursive: true, force: true });
  renameSync(fresh, webOutput);
}
