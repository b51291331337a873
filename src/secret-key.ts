import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSecret } from './auth/secrets.ts';
import { secretKeyBytesMin } from './auth/tokens.ts';
import { type Config, ConfigError } from './config.ts';

type Places = Pick<Config, 'privateDir' | 'dataDir'>;

/**
 * What tokens are signed with, where OPENCODE_SECRET_KEY does not say it: a file that only its owner may
 * read, made when it is first needed. One that an earlier version left where agents see it is moved, or,
 * where nothing may be made, read there. Errors: ConfigError.
 */
export function readSecretKey(places: Places, { make }: { readonly make: boolean }): string {
  const file = join(places.privateDir, 'secret.key');
  const former = join(places.dataDir, 'secret.key');
  if (make) {
    makeOnce(file, () => (existsSync(former) ? readKey(former) : newSecret()));
    if (former !== file) rmSync(former, { force: true });
    return readKey(file);
  }
  const found = [file, former].find((path) => existsSync(path));
  if (found !== undefined) return readKey(found);
  throw new ConfigError(
    `There is no ${file}. Start the server once; if it runs with OPENCODE_SECRET_KEY, set that here too.`,
  );
}

function readKey(file: string): string {
  const key = readFileSync(file, 'utf8').trim();
  if (Buffer.byteLength(key) >= secretKeyBytesMin) return key;
  throw new ConfigError(
    `${file} holds no key: it needs at least ${secretKeyBytesMin} bytes. ` +
      'Delete it and a new one is made; tokens signed before then count no more.',
  );
}

/** It gets its name when it is whole: of two that make it at once, one does. */
function makeOnce(file: string, key: () => string): void {
  if (existsSync(file)) return;
  const temporary = `${file}.new-${process.pid}`;
  try {
    writeFileSync(temporary, `${key()}\n`, { mode: 0o600, flag: 'wx' });
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
