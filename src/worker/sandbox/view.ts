/** The part of the file system that a sandboxed program sees. What is not named is absent. */
export interface SandboxView {
  /** Later entries are mounted over earlier ones. */
  readonly mounts: readonly Mount[];
  /** The working directory, as the program sees it. */
  readonly cwd: string;
}

/**
 * `read` and `write` bind a file or folder of the machine, `empty` is an empty folder in memory, `closed`
 * an empty folder that nobody can write to, `link` a symbolic link.
 */
export type Mount =
  | { readonly kind: 'read' | 'write'; readonly from: string; readonly to: string }
  | { readonly kind: 'empty' | 'closed'; readonly to: string }
  | { readonly kind: 'link'; readonly target: string; readonly to: string };

export const readOnly = (path: string, to = path): Mount => ({ kind: 'read', from: path, to });
export const writable = (path: string, to = path): Mount => ({ kind: 'write', from: path, to });
export const empty = (to: string): Mount => ({ kind: 'empty', to });
export const closed = (to: string): Mount => ({ kind: 'closed', to });

/** Where the sandbox's own files are, as its programs see them. */
export const insideFolder = '/run/agent';
