/**
 * The address of a module next to the caller's, for worker threads and child processes. From source it ends
 * in `.ts`, compiled in `.js`: `siblingModule(import.meta.url, './thread')`.
 */
export function siblingModule(callerUrl: string, path: string): URL {
  const ending = callerUrl.endsWith('.ts') ? '.ts' : '.js';
  return new URL(path + ending, callerUrl);
}
