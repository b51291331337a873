import { closeSync, openSync, readSync } from 'node:fs';

/** A secret that is given as a variable or, by `NAME_FILE`, as a file; the message is for people. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The secret of a variable: its value, or what is in the file that `NAME_FILE` names, without the line break
 * at its end. Undefined: neither is set. Errors: SecretFileError.
 */
export function readSecretVariable(name: string, variables: Variables, bytesMax: number): string | undefined {
  const value = variables[name] || undefined;
  const path = variables[fileVariable(name)] || undefined;
  if (path === undefined) return value;
  if (value !== undefined) {
    throw new SecretFileError(`${name} and ${fileVariable(name)} are both set. Set one of them.`);
  }
  return readSecretFile(fileVariable(name), path, bytesMax);
}

/** The variable that names a secret's file. */
export function fileVariable(name: string): string {
  return `${name}_FILE`;
}

function readSecretFile(variable: string, path: string, bytesMax: number): string {
  let bytes: Buffer;
  try {
    bytes = readBeginning(path, bytesMax + 1);
  } catch (error) {
    throw new SecretFileError(
      `${variable}: ${path} cannot be read: ${(error as Error).message}. ` +
        'Name a file that this user may read.',
    );
  }
  if (bytes.length > bytesMax) {
    throw new SecretFileError(
      `${variable}: ${path} is too large for a secret: at most ${bytesMax} bytes. Name another file.`,
    );
  }
  const secret = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (secret !== '') return secret;
  throw new SecretFileError(`${variable}: ${path} is empty. Put the secret into it.`);
}

/** Also of what has no size, such as a pipe: `NAME_FILE=<(pass show chat)`. */
function readBeginning(path: string, bytesMax: number): Buffer {
  const bytes = Buffer.alloc(bytesMax);
  const descriptor = openSync(path, 'r');
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < bytesMax; length += read) {
      read = readSync(descriptor, bytes, length, bytesMax - length, null);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
