/** A `client_message_id`: 128 random bits. Unlike `randomUUID` it is there on pages without TLS too. */
export function newMessageId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
