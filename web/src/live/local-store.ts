/**
 * What this browser keeps. It may refuse to (private mode, a full disk): then things live as long as the
 * page.
 */
export function withStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(window.localStorage);
  } catch {
    return undefined;
  }
}
