import { type ChatClient, connect } from '../../../src/client/index.ts';
import { durableEvents, ephemeralEvents, type ServerEvent } from '../../../src/protocol/index.ts';
import { initialState, type Self } from '../state/app-state.ts';
import { createStore, type Store } from '../state/store.ts';
import { createOutbox, type Outbox } from './outbox.ts';

/**
 * The connection of this page: what the server says flows into the store; what people do goes out through it.
 */
export interface Live {
  readonly store: Store;
  readonly client: ChatClient;
  readonly outbox: Outbox;
  /** Loads the page of messages before those held. One at a time. */
  loadOlder(conversationId: string): Promise<void>;
  close(): void;
}

const pageSize = 50;
const firstConversation = 'main';
const typingCheckMs = 1_000;

export function startLive(self: Self, serverUrl: string): Live {
  const store = createStore(initialState(self));
  const client = connect({ url: serverUrl, auth: { method: 'session' } });
  const outbox = createOutbox(client, store);

  for (const type of [...keysOf(durableEvents), ...keysOf(ephemeralEvents)]) {
    client.on(type, (data) => {
      // The data was parsed by the schema of this very type.
      store.dispatch({ type: 'event', event: { type, data } as ServerEvent, now: Date.now() });
    });
  }
  client.onState((link) => {
    store.dispatch({ type: 'link_changed', link });
    if (link.kind === 'online' && link.recovered) void loadTeam(client, store, outbox);
  });
  client.onReload(() => loadSnapshot(client, store, outbox));

  const expiry = setInterval(
    () => store.dispatch({ type: 'typing_expired', now: Date.now() }),
    typingCheckMs,
  );
  const retryNow = () => client.retryNow();
  window.addEventListener('online', retryNow);

  let loadingOlder = false;
  return {
    store,
    client,
    outbox,
    async loadOlder(conversationId) {
      const room = store.get().rooms[conversationId];
      const before = room?.messages[0]?.id;
      if (loadingOlder || !room?.hasMore || before === undefined) return;
      loadingOlder = true;
      try {
        const input = { conversation_id: conversationId, limit: pageSize, before };
        const page = await client.request('get_chat_history', input);
        store.dispatch({ type: 'older_page_loaded', page });
      } finally {
        loadingOlder = false;
      }
    },
    close() {
      clearInterval(expiry);
      window.removeEventListener('online', retryNow);
      client.close();
    },
  };
}

/**
 * All that the page shows, on entering and when too much was missed. Subscribing comes first, so that nothing
 * that changes meanwhile is missed. A connection that drops here comes back and loads again.
 */
async function loadSnapshot(client: ChatClient, store: Store, outbox: Outbox): Promise<void> {
  const subscribed = client.request('subscribe_agent', { agent_name: '*' });
  // A team without agents has no status to answer with; the subscription counts all the same.
  subscribed.catch((error: unknown) => console.warn('No agent status came yet:', error));
  const rooms = new Set([firstConversation, ...Object.keys(store.get().rooms)]);
  const [team, tasks] = await Promise.all([
    client.request('get_members', {}),
    client.request('get_active_tasks', {}),
  ]);
  store.dispatch({ type: 'team_loaded', team });
  store.dispatch({ type: 'active_tasks_loaded', tasks });
  for (const conversation_id of rooms) {
    const page = await client.request('get_chat_history', { conversation_id, limit: pageSize });
    store.dispatch({ type: 'newest_page_loaded', page });
  }
  outbox.sendWaiting();
}

/** Who is here now: those who came and went while the page was offline are told by no event. */
async function loadTeam(client: ChatClient, store: Store, outbox: Outbox): Promise<void> {
  outbox.sendWaiting();
  try {
    store.dispatch({ type: 'team_loaded', team: await client.request('get_members', {}) });
  } catch (error) {
    console.warn('Who is here could not be asked:', error);
  }
}

function keysOf<T extends object>(record: T): (keyof T)[] {
  return Object.keys(record) as (keyof T)[];
}
