/** What an operator can put right: a sentence that says what was wrong and what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  /** Whether the command was wrong, or it was right and failed. */
  readonly wrongCommand: boolean;

  constructor(message: string, options: ErrorOptions & { readonly wrongCommand?: boolean } = {}) {
    super(message, options);
    this.wrongCommand = options.wrongCommand ?? true;
  }
}

/** An error of the system in words, by what was tried; a bug is given back as it is. */
export function explainSystemError(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || error instanceof OperatorError || !('code' in error)) return error;
  const sentence = sentences[String(error.code)];
  if (sentence === undefined) return error;
  return new OperatorError(`${what}: ${sentence}`, { cause: error, wrongCommand: error.code !== 'ENOSPC' });
}

const sentences: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to. Run it as the user that runs the server, or choose another place.',
  EPERM: 'this user has no right to. Run it as the user that runs the server, or choose another place.',
  EROFS: 'the file system is read-only. Choose another place.',
  ENOENT: 'its folder is not there. Make it, or choose another place.',
  ENOTDIR: 'something in its path is not a folder. Choose another place.',
  EEXIST: 'something else has that name. Move it, or choose another place.',
  EISDIR: 'it is a folder. Give the name of a file.',
  ENOSPC: 'no room is left on the disk. Make room, or choose another place.',
  EDQUOT: 'the quota of this user is used up. Make room, or choose another place.',
};
