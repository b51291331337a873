import type { ChatClient } from '../../../src/client/index.ts';
import type { ChatMessage, CommandInput, FileLock, LockRequest } from '../../../src/protocol/index.ts';
import type { Toast } from '../state/app-state.ts';
import type { Place } from '../state/place.ts';
import type { Store } from '../state/store.ts';
import type { Reading } from './reading.ts';
import { createTaskActs, type TaskActs } from './task-acts.ts';

/** What people do with messages and conversations. Why something did not happen is shown on the page. */
export interface Acts extends TaskActs {
  react(message: ChatMessage, emoji: string): void;
  pin(message: ChatMessage, on: boolean): void;
  follow(messageId: number, on: boolean): void;
  markUnread(place: Place, message: ChatMessage): void;
  markRead(conversationId: string): void;
  /** Marks every conversation that one takes part in as read. */
  markAllRead(): void;
  /** Resolves to whether it happened. */
  edit(message: ChatMessage, text: string): Promise<boolean>;
  remove(message: ChatMessage): Promise<boolean>;
  /** Why it did not count, e.g. since somebody was faster, is shown. */
  answerApproval(
    approvalId: number,
    how: Omit<CommandInput<'answer_approval'>, 'approval_id'>,
  ): Promise<void>;
  /** Tells a stuck agent what to try. Resolves to whether it happened. */
  answerHelp(helpRequestId: number, text: string): Promise<boolean>;
  join(conversationId: string): Promise<boolean>;
  leave(conversationId: string): Promise<boolean>;
  archive(conversationId: string, on: boolean): Promise<boolean>;
  deleteChannel(conversationId: string): Promise<boolean>;
  /** Resolves to the conversation's id, or null. */
  openDirect(members: readonly string[]): Promise<string | null>;
  /** Resolves to whether all of it is held now. */
  lock(path: string, description: string): Promise<boolean>;
  release(lock: FileLock): void;
  requestFile(lock: FileLock): void;
  /** Hands a file over, or not; whoever asked for it takes the request back by `false`. */
  answerRequest(request: LockRequest, handsOver: boolean): void;
  putBack(changeId: number): Promise<boolean>;
}

export function createActs(client: ChatClient, store: Store, reading: Reading): Acts {
  function tell(kind: Toast['kind'], text: string): void {
    store.dispatch({ type: 'toast_changed', toast: { kind, text } });
  }

  async function attempt<T>(act: () => Promise<T>): Promise<T | null> {
    try {
      return await act();
    } catch (error) {
      tell('problem', error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  async function enter(asked: CommandInput<'create_conversation'>): Promise<string | null> {
    const created = await attempt(() => client.request('create_conversation', asked));
    if (created === null) return null;
    store.dispatch({ type: 'conversation_entered', conversation: created.conversation });
    return created.conversation.conversation_id;
  }

  return {
    ...createTaskActs(client, store, attempt),
    react(message, emoji) {
      const self = store.get().self.user_id;
      const mine = message.reactions.find((reaction) => reaction.emoji === emoji)?.members.includes(self);
      void attempt(() => client.request('react', { message_id: message.id, emoji, on: !mine }));
    },
    pin: ({ id }, on) => void attempt(() => client.request('pin_message', { message_id: id, on })),
    follow: (message_id, on) => void attempt(() => client.request('follow_thread', { message_id, on })),
    markUnread: (place, message) => void attempt(() => reading.markUnread(place, message)),
    markRead: (conversationId) => void attempt(() => reading.markRead(conversationId)),
    markAllRead() {
      const unread = Object.values(store.get().conversations).filter((view) => view.unread_count > 0);
      void attempt(() => Promise.all(unread.map((view) => reading.markRead(view.conversation_id))));
    },
    async edit({ id }, text) {
      const edited = await attempt(() => client.request('edit_message', { message_id: id, text }));
      if (edited === null) return false;
      const event = { type: 'message_edited', data: edited.message, position: 0 } as const;
      store.dispatch({ type: 'event', event, now: Date.now() });
      return true;
    },
    remove: async ({ id }) =>
      (await attempt(() => client.request('delete_message', { message_id: id }))) !== null,
    async answerApproval(approval_id, how) {
      const told = await attempt(() => client.request('answer_approval', { approval_id, ...how }));
      if (told === null) return;
      const event = { type: 'approval_answered', data: told.approval, position: 0 } as const;
      store.dispatch({ type: 'event', event, now: Date.now() });
    },
    async answerHelp(help_request_id, text) {
      const told = await attempt(() => client.request('answer_help', { help_request_id, text }));
      if (told === null) return false;
      const event = { type: 'help_update', data: told.help_request, position: 0 } as const;
      store.dispatch({ type: 'event', event, now: Date.now() });
      return true;
    },
    async join(conversation_id) {
      const joined = await attempt(() => client.request('join_conversation', { conversation_id }));
      if (joined === null) return false;
      store.dispatch({ type: 'conversation_entered', conversation: joined.conversation });
      return true;
    },
    leave: async (conversation_id) =>
      (await attempt(() => client.request('leave_conversation', { conversation_id }))) !== null,
    archive: async (conversation_id, on) =>
      (await attempt(() => client.request('archive_conversation', { conversation_id, on }))) !== null,
    deleteChannel: async (conversation_id) =>
      (await attempt(() => client.request('delete_conversation', { conversation_id }))) !== null,
    async lock(path, description) {
      const asked = await attempt(() => client.request('lock_files', { files: [path], description }));
      const [lock] = asked?.locks ?? [];
      if (asked?.acquired === false) tell('problem', `${lock?.path ?? path} is held by ${lock?.holder}.`);
      return asked?.acquired === true;
    },
    release: (lock) =>
      void attempt(() => client.request('release_files', { name: lock.holder, files: [pathOf(lock)] })),
    async requestFile(lock) {
      const asked = await attempt(() => client.request('request_file', { file: pathOf(lock) }));
      if (asked?.request) tell('done', `${asked.request.holder} was asked for ${lock.path}.`);
    },
    answerRequest({ lock_request_id }, handsOver) {
      const type = handsOver ? 'approve_request' : 'deny_request';
      void attempt(() => client.request(type, { lock_request_id }));
    },
    putBack: async (change_id) => (await attempt(() => client.request('put_back', { change_id }))) !== null,
    openDirect: (members) => enter({ kind: 'direct', members: [...members] }),
  };
}

/** So that it is taken for what it is, also when it is not there any more. */
function pathOf({ path, kind }: FileLock): string {
  return kind === 'folder' && path !== '.' ? `${path}/` : path;
}
