import { spawn } from 'node:child_process';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { canonicalPath, hasCode, insideRoot, isMissing } from '../../lib/paths.ts';

/** What the demo agent does with the disk and with processes. */

const listedFilesMax = 50;
const outputCharsMax = 4_000;
const ignored: ReadonlySet<string> = new Set(['.git', 'node_modules', 'dist', '.opencode-slack']);

/** A file of the project by the name people use; null when it would be outside of it. */
export async function projectFile(root: string, path: string): Promise<string | null> {
  const canonical = await canonicalPath(join(root, path));
  return insideRoot(root, canonical) === null ? null : canonical;
}

/** A file's text; null when there is none. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Files of the project, relative to its root, sorted; at most `listedFilesMax`. */
export async function listFiles(root: string): Promise<{ files: string[]; cut: boolean }> {
  const files: string[] = [];
  const queue = [root];
  for (let directory = queue.shift(); directory !== undefined; directory = queue.shift()) {
    const entries = await readdir(directory, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
      if (ignored.has(entry.name)) continue;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) queue.push(path);
      else if (entry.isFile() && files.length >= listedFilesMax) return { files, cut: true };
      else if (entry.isFile()) files.push(relative(root, path));
    }
  }
  return { files, cut: false };
}

/** How the project's tests are run: its own script, or Node's runner. */
export async function testCommand(root: string): Promise<{ shown: string; command: string; args: string[] }> {
  const manifest = await readText(join(root, 'package.json'));
  if (manifest !== null && /"test"\s*:/.test(manifest)) {
    return { shown: 'npm test', command: 'npm', args: ['test'] };
  }
  return { shown: 'node --test', command: process.execPath, args: ['--test'] };
}

/** Runs a command in the project; ends it with all it started when the signal comes. */
export async function runCommand(
  root: string,
  command: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ code: number | null; output: string }> {
  // Of a test runner around us: it would change what the project's own tests print.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(command, [...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const collect = (text: string) => {
    output = (output + text).slice(-outputCharsMax);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const end = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if (!hasCode(error, 'ESRCH') && !hasCode(error, 'EPERM')) throw error;
    }
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output }));
    });
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** The first of these files that exists. */
export async function firstExisting(root: string, paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    try {
      await access(join(root, path));
      return path;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return null;
}
