import { randomUUID } from 'node:crypto';
import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing } from '../lib/paths.ts';
import { personFolders } from './opencode.ts';
import { isObject } from './opencode-config.ts';

/**
 * Stores the API key of a model provider where opencode keeps its sign-ins, as `opencode auth login` does.
 * The opencode of the agents reads it there. Other sign-ins stay. Only the user can read the file. Throws an
 * Error with a sentence when the file is not the JSON object that opencode writes.
 */
export async function storeProviderKey(env: NodeJS.ProcessEnv, provider: string, key: string): Promise<void> {
  const { signIns } = personFolders(env);
  await mkdir(dirname(signIns), { recursive: true, mode: 0o700 });
  // People may keep it elsewhere, behind a link.
  const file = await realpath(signIns).catch((error: unknown) => {
    if (isMissing(error)) return signIns;
    throw error;
  });
  const stored = { ...(await readSignIns(file)), [provider]: { type: 'api', key } };
  const whole = `${file}.${randomUUID()}`;
  try {
    await writeFile(whole, JSON.stringify(stored, null, 2), { mode: 0o600 });
    await rename(whole, file);
  } finally {
    await rm(whole, { force: true });
  }
}

async function readSignIns(file: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return {};
    throw error;
  }
  try {
    const signIns: unknown = JSON.parse(text);
    if (isObject(signIns)) return signIns;
  } catch {
    // It says no more than that; what is in there stays out of messages.
  }
  throw new Error(`${file} is not as opencode writes it. Move it away and try again.`);
}
