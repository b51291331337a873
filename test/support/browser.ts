import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

/** Gone with `npm ci`, and unpacked again in two seconds. */
const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'test-browser');
const extractTimeoutMs = 180_000;
const launchTimeoutMs = 120_000;
/** How long a test waits for what a page must show: reached only when something is broken. */
export const stepTimeoutMs = 60_000;

/**
 * A headless Chromium for tests, on a machine without any browser or system package: the program, its
 * libraries and a font come from the npm package `@sparticuz/chromium` (Linux, x64), unpacked once
 * under `node_modules/.cache`. `CHROMIUM_PATH` names another program; elsewhere than on Linux x64 an
 * installed Chrome is taken. The caller closes the browser.
 */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ timeout: launchTimeoutMs, ...(await program()) });
}

async function program(): Promise<LaunchOptions> {
  const path = process.env.CHROMIUM_PATH;
  if (path) return { executablePath: path, args: ['--no-sandbox'] };
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome' };
  const home = await unpackedChromium();
  return {
    executablePath: join(home, 'chromium'),
    // Containers run as root and often have no user namespaces and a /dev/shm of 64 MB.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(home, 'fonts'),
    },
  };
}

/**
 * Unpacks into a directory of its own and renames it, so that tests that start together never see half
 * of it.
 */
async function unpackedChromium(): Promise<string> {
  const manifest = new URL('../package.json', import.meta.resolve('@sparticuz/chromium'));
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const home = join(cache, `chromium-${version}`);
  if (await exists(home)) return home;

  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(join(cache, 'unpacking-'));
  try {
    await unpackInto(staging);
    await writeFile(join(staging, 'fonts', 'fonts.conf'), fontsConfig(join(home, 'fonts')));
    await rename(staging, home);
  } catch (error) {
    if (!(await exists(home))) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return home;
}

/**
 * In a process of its own, because the package is steered by environment variables: it unpacks into
 * TMPDIR, and its libraries only where it believes to be on Amazon Linux (`isRunningInAmazonLinux2023`
 * in its helper.js).
 */
async function unpackInto(directory: string): Promise<void> {
  const script = `await (await import('@sparticuz/chromium')).default.executablePath()`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, TMPDIR: directory, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' },
    timeout: extractTimeoutMs,
  });
}

/** The configuration in the package looks for its font in /tmp/fonts only. */
function fontsConfig(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${directory}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(directory, 'cache')}</cachedir>
</fontconfig>
`;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
