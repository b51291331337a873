import type { ChatClient } from '../../../src/client/index.ts';
import { limits } from '../../../src/protocol/index.ts';
import type { Store } from '../state/store.ts';
import type { History } from './history.ts';
import type { Outbox } from './outbox.ts';

/** What the page shows besides messages, asked for when events alone do not tell it. */
export interface Snapshot {
  /**
   * Everything, on entering and when too much was missed. Subscribing comes first, so that nothing that
   * changes meanwhile is missed. A connection that drops here comes back and loads again.
   */
  load(): Promise<void>;
  /** Who is here now: those who came and went while the page was offline are told by no event. */
  loadTeam(): Promise<void>;
}

/** So many changes within this time are asked for once. */
const gatherMs = 300;

export function createSnapshot(client: ChatClient, store: Store, history: History, outbox: Outbox): Snapshot {
  const loadTeam = async () =>
    store.dispatch({ type: 'team_loaded', team: await client.request('get_members', {}) });
  const loadConversations = async () => {
    const { conversations } = await client.request('get_conversations', {});
    store.dispatch({ type: 'conversations_loaded', conversations });
  };
  const loadThreads = async () => {
    const { threads, tasks } = await client.request('get_followed_threads', {});
    store.dispatch({ type: 'threads_loaded', threads, tasks });
  };
  const conversationsChanged = gathered(loadConversations);
  const threadsChanged = gathered(loadThreads);

  const loadFiles = async () => {
    const [{ locks, requests }, { changes }] = await Promise.all([
      client.request('get_locks', {}),
      client.request('get_file_changes', { bypassed: true, limit: limits.fileChangesPageMax }),
    ]);
    store.dispatch({ type: 'files_loaded', files: { locks, requests, changes } });
  };

  // What events do not tell in full. Listeners are called before the store has heard of it.
  client.on('message_deleted', ({ id, conversation_id, thread_id }) => {
    const view = store.get().conversations[conversation_id];
    if (view && view.unread_count > 0 && id > view.last_read_id) conversationsChanged();
    if (thread_id !== null) threadsChanged();
  });
  client.on('messages_removed', () => {
    conversationsChanged();
    threadsChanged();
  });
  client.on('conversation_update', ({ conversation_id }) => {
    if (store.get().conversations[conversation_id]?.joined !== true) conversationsChanged();
  });
  client.on('thread_follow', threadsChanged);
  client.on('thread_update', ({ message_id }) => {
    const { following, threads } = store.get();
    if (following[message_id] && !threads.some(({ message }) => message.id === message_id)) threadsChanged();
  });
  client.on('read_update', ({ conversation_id, last_read_id }) => {
    const known = store.get().conversations[conversation_id]?.last_read_id ?? 0;
    const inThreads = store
      .get()
      .threads.some(
        ({ message, last_reply_id }) =>
          message.conversation_id === conversation_id && last_reply_id > last_read_id,
      );
    if (inThreads || last_read_id < known) threadsChanged();
  });

  return {
    async load() {
      const subscribed = client.request('subscribe_agent', { agent_name: '*' });
      // A team without agents has no status to answer with; the subscription counts all the same.
      subscribed.catch((error: unknown) => console.warn('No agent status came yet:', error));
      outbox.restore();
      const [, , tasks, , { approvals }, { help_requests }] = await Promise.all([
        loadTeam(),
        loadConversations(),
        client.request('get_active_tasks', {}),
        loadThreads(),
        client.request('get_approvals', {}),
        client.request('get_help_requests', {}),
        loadFiles(),
      ]);
      store.dispatch({ type: 'active_tasks_loaded', tasks });
      store.dispatch({ type: 'approvals_loaded', approvals });
      store.dispatch({ type: 'help_loaded', requests: help_requests });
      store.dispatch({ type: 'rooms_forgotten' });
      await history.reload();
      outbox.sendWaiting();
    },
    async loadTeam() {
      outbox.sendWaiting();
      await Promise.all([loadTeam(), history.loadMissing()]).catch((error: unknown) =>
        console.warn('Who is here could not be asked:', error),
      );
    },
  };
}

/** Runs it once some time after it was last asked for. */
function gathered(run: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Without a connection the next one brings it.
      run().catch((error: unknown) => console.warn('What changed could not be asked:', error));
    }, gatherMs);
  };
}
