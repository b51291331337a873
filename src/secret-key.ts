import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSecret } from './auth/secrets.ts';
import { secretKeyBytesMin } from './auth/tokens.ts';
import { ConfigError } from './config.ts';

/**
 * What tokens are signed with, where OPENCODE_SECRET_KEY does not say it: a file in the data directory that
 * only its owner may read, made when it is first needed. Errors: ConfigError.
 */
export function readSecretKey(dataDir: string, { make }: { readonly make: boolean }): string {
  const file = join(dataDir, 'secret.key');
  if (make) makeOnce(file);
  else if (!existsSync(file)) {
    throw new ConfigError(
      `There is no ${file}. Start the server once; if it runs with OPENCODE_SECRET_KEY, set that here too.`,
    );
  }
  const key = readFileSync(file, 'utf8').trim();
  if (Buffer.byteLength(key) >= secretKeyBytesMin) return key;
  throw new ConfigError(
    `${file} holds no key: it needs at least ${secretKeyBytesMin} bytes. ` +
      'Delete it and a new one is made; tokens signed before then count no more.',
  );
}

/** It gets its name when it is whole: of two that make it at once, one does. */
function makeOnce(file: string): void {
  const temporary = `${file}.new-${process.pid}`;
  try {
    writeFileSync(temporary, `${newSecret()}\n`, { mode: 0o600, flag: 'wx' });
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
