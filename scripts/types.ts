/** `npm run types`: Node's world, the browser-safe parts without Node's types, the page, its tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const compiler = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
);
const projects = [
  'tsconfig.json',
  'tsconfig.browser.json',
  'web/tsconfig.json',
  'test/browser/tsconfig.json',
];

const codes = await Promise.all(
  projects.map(async (project) => {
    const args = [compiler, '--noEmit', '-p', project];
    const [code] = await once(spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }), 'exit');
    return code;
  }),
);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
