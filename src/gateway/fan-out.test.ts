import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EphemeralEvent } from '../protocol/index.ts';
import type { SignedInConnection } from './connection.ts';
import { createFanOut } from './fan-out.ts';

const text = new TextDecoder();
const encode = (frames: readonly string[]) => Buffer.from(frames.join(''));
const event = (user_id: string): EphemeralEvent => ({
  type: 'typing',
  data: { user_id, is_typing: true, conversation_id: 'main' },
});

/** A connection that notes what it is written, in short. */
function connect() {
  const written: string[] = [];
  const connection = {
    link: {
      write: (...pieces: (Uint8Array | undefined)[]) => {
        const frames = pieces
          .map((bytes) => text.decode(bytes))
          .join('')
          .replaceAll(/\{"type":"typing"[^}]*"user_id":"(\w+)"[^}]*\}\}/g, '$1 ');
        written.push(...frames.split(' ').filter((word) => word !== ''));
      },
    },
    state: {
      kind: 'signed-in',
      identity: { user_id: 'anna', kind: 'person' },
      followed: new Set(),
      outbox: [],
    },
  } as unknown as SignedInConnection;
  return { written, connection };
}

function open() {
  const fanOut = createFanOut(encode, 0, { isMember: () => true });
  const { written, connection } = connect();
  const other = connect();
  for (const one of [connection, other.connection]) fanOut.add(one, encode(['welcome ']));
  return { fanOut, connection, written, other };
}

test('what tells how things are is after what was announced before, and before what is later', () => {
  const { fanOut, connection, written, other } = open();
  fanOut.announce(event('a'));
  fanOut.tell(connection, 'state ');
  fanOut.announce(event('b'));
  fanOut.send(connection, 'ack ');
  fanOut.flush();
  assert.deepEqual(written, ['welcome', 'a', 'state', 'b', 'ack']);
  assert.deepEqual(other.written, ['welcome', 'a', 'b']);
  fanOut.tell(connection, 'again ');
  fanOut.announce(event('c'));
  fanOut.flush();
  assert.deepEqual(written.slice(5), ['again', 'c']);
  assert.deepEqual(other.written.slice(3), ['c']);
});

test('an acknowledgement is after what was announced before it', () => {
  const { fanOut, connection, written } = open();
  fanOut.flush();
  fanOut.announce(event('a'));
  fanOut.send(connection, 'ack ');
  fanOut.flush();
  assert.deepEqual(written, ['welcome', 'a', 'ack']);
});
