import { hasCode, isMissing } from '../lib/paths.ts';

/** Null for what has vanished meanwhile or may not be read. */
export async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error) || hasCode(error, 'EACCES') || hasCode(error, 'EPERM')) return null;
    throw error;
  }
}
