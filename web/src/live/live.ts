import { type ChatClient, connect } from '../../../src/client/index.ts';
import { durableEvents, ephemeralEvents, type ServerEvent } from '../../../src/protocol/index.ts';
import { initialState, type Self } from '../state/app-state.ts';
import { createStore, type Store } from '../state/store.ts';
import { type Acts, createActs } from './acts.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import { createFlushes } from './flushes.ts';
import { createHistory, type History } from './history.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createReading, type Reading } from './reading.ts';
import { createSnapshot } from './snapshot.ts';
import { takeWindowIdentity } from './window-identity.ts';

/**
 * The connection of this page: what the server says flows into the store; what people do goes out through it.
 */
export interface Live {
  readonly store: Store;
  readonly client: ChatClient;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly history: History;
  readonly reading: Reading;
  readonly acts: Acts;
  close(): void;
}

const typingCheckMs = 1_000;
const thisWindow = takeWindowIdentity();

export function startLive(self: Self, serverUrl: string): Live {
  const store = createStore(initialState(self), createFlushes());
  const client = connect({ url: serverUrl, auth: { method: 'session' } });
  const outbox = createOutbox(client, store);
  const history = createHistory(client, store);
  const reading = createReading(client, store);
  const snapshot = createSnapshot(client, store, history, outbox);

  for (const type of [...keysOf(durableEvents), ...keysOf(ephemeralEvents)]) {
    client.on(type, (data) => {
      // The data was parsed by the schema of this very type.
      store.dispatch({ type: 'event', event: { type, data } as ServerEvent, now: Date.now() });
    });
  }
  client.onState((link) => {
    store.dispatch({ type: 'link_changed', link });
    if (link.kind === 'online' && link.recovered) void snapshot.loadTeam();
  });
  client.onReload(snapshot.load);

  const expiry = setInterval(
    () => store.dispatch({ type: 'typing_expired', now: Date.now() }),
    typingCheckMs,
  );
  const retryNow = () => client.retryNow();
  window.addEventListener('online', retryNow);

  return {
    store,
    client,
    outbox,
    drafts: createDrafts(self.user_id, thisWindow),
    history,
    reading,
    acts: createActs(client, store, reading),
    close() {
      clearInterval(expiry);
      window.removeEventListener('online', retryNow);
      client.close();
    },
  };
}

function keysOf<T extends object>(record: T): (keyof T)[] {
  return Object.keys(record) as (keyof T)[];
}
