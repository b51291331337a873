import { cpSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The sample project that comes with the package. */
const sample = fileURLToPath(new URL('../examples/playground', import.meta.url));

/** Makes a scratch copy of the sample project, unless one is there from before. */
export function preparePlayground(folder: string): void {
  if (!existsSync(folder)) cpSync(sample, folder, { recursive: true });
}
