/**
 * A random id. `crypto.randomUUID` is missing on plain HTTP pages other than localhost, so it is not used.
 */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
