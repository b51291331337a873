import { fileURLToPath } from 'node:url';

/**
 * A command of this program as people can type it where they started it: by the script of a clone (which
 * `package.json` must have), by npx, or by the installed program.
 */
export function ownCommand(
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  moduleUrl: string = import.meta.url,
): string {
  const byNpx = env.npm_command === 'exec';
  if (!moduleUrl.endsWith('.ts')) return byNpx ? `npx opencode-slack ${name}` : `opencode-slack ${name}`;
  // npm runs scripts of the folder it was called in, which is the clone's.
  if (env.npm_lifecycle_event && !byNpx) return `npm run ${name}`;
  return `node ${fileURLToPath(new URL('../main.ts', moduleUrl))} ${name}`;
}
