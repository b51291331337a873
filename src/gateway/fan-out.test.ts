import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
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

function open(isCommitting = () => false) {
  const memberships = { isMember: () => true };
  const fanOut = createFanOut({ encode, position: 0, memberships, isCommitting });
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

/** A room in which each delivery takes a moment, and something is always being committed. */
function openBusyRoom() {
  const { fanOut } = open(() => true);
  const { connection } = connect();
  const deliveries = new EventEmitter();
  connection.link.write = (bytes) => {
    for (const begun = performance.now(); performance.now() - begun < 2; );
    deliveries.emit('delivery', text.decode(bytes));
  };
  fanOut.add(connection, encode([]));
  const commit = (frame: string, position: number) =>
    fanOut.publish([{ frame, position, textOf: undefined, textsTaken: [] }]);
  const delivered = async () => (await once(deliveries, 'delivery'))[0] as string;
  return { commit, delivered };
}

test('a delivery that takes a while waits for what is being committed, and takes it along', async () => {
  const { commit, delivered } = openBusyRoom();
  commit('a', 1);
  assert.equal(await delivered(), 'a');
  commit('b', 2);
  // Later than the rest after the first one.
  setTimeout(commit, 4, 'c', 3);
  assert.equal(await delivered(), 'bc');
});

test('when nothing comes of a commit, the delivery does not wait for ever', async () => {
  const { commit, delivered } = openBusyRoom();
  commit('a', 1);
  await delivered();
  commit('b', 2);
  assert.equal(await delivered(), 'b');
});
