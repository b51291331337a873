import type { ChatClient } from '../client/index.ts';
import type { ChatMessage, Conversation, ConversationView } from '../protocol/index.ts';
import { nameOf } from './conversation-names.ts';
import { type Conversations, isOwn, mentions } from './conversations.ts';
import type { Gate } from './gate.ts';
import type { MessageMemory } from './message-memory.ts';
import { cleanLine } from './sanitise.ts';
import type { Transcript } from './transcript.ts';

export interface ConversationWatch {
  readonly client: ChatClient;
  readonly gate: Gate;
  readonly conversations: Conversations;
  readonly memory: MessageMemory;
  readonly transcript: Transcript;
  /** Who looks, and at which conversation. */
  readonly here: { readonly self: string; readonly current: string };
  aside(text: string): void;
  markRead(conversation_id: string, message_id: number): void;
  countsChanged(): void;
  countAnew(): void;
  /** The current conversation is one's own no longer. */
  lostCurrent(): void;
}

/**
 * Hears what happens in conversations. It is counted and remembered at once, and shown when its turn comes.
 * Gives back how to stop.
 */
export function watchConversations(watch: ConversationWatch): () => void {
  const { client, gate, conversations, memory, transcript, here, aside } = watch;

  function showSaid(message: ChatMessage): void {
    const { conversation_id, id } = message;
    const mine = isOwn(message, here.self);
    if (conversation_id === here.current) {
      if (transcript.wasShown(id)) return;
      transcript.message(message, { withDiff: true });
      if (!mine) watch.markRead(conversation_id, transcript.newestId());
      return;
    }
    const conversation = conversations.find(conversation_id);
    if (conversation === undefined || mine) return;
    const asks = message.metadata.approval !== undefined;
    if (asks || conversation.kind === 'direct' || mentions(message, here.self))
      transcript.elsewhere(message, nameOf(conversation, here.self));
  }

  function showChanged(before: ConversationView | undefined, after: Conversation): void {
    const name = nameOf(after, here.self);
    const joined = conversations.find(after.conversation_id)?.joined ?? false;
    if (after.kind === 'direct') return;
    if (before === undefined && !joined)
      aside(`${cleanLine(after.created_by)} created ${name}: /join ${name}`);
    else if (!before?.joined && joined) aside(`You are in ${name} now.`);
    else if (before?.joined && !joined) showLeft(after.conversation_id, name);
    else if (after.conversation_id === here.current) showMembers(before?.members ?? [], after, name);
  }

  function showMembers(before: readonly string[], { members }: Conversation, name: string): void {
    const after = members ?? [];
    for (const member of after) if (!before.includes(member)) aside(`${cleanLine(member)} joined ${name}`);
    for (const member of before) if (!after.includes(member)) aside(`${cleanLine(member)} left ${name}`);
  }

  function showLeft(id: string, name: string): void {
    aside(`You are in ${name} no longer.`);
    if (id === here.current) watch.lostCurrent();
  }

  function showDeleted(id: string, name: string, by: string): void {
    aside(`${cleanLine(by)} deleted ${name}.`);
    if (id === here.current) watch.lostCurrent();
  }

  /** What happens to a message is told where the message can be seen. */
  function showOf(message_id: number, conversation_id: string, show: () => void): void {
    gate.pass(() => {
      if (conversation_id === here.current && transcript.wasShown(message_id)) show();
    });
  }

  const stops = [
    client.on('chat_message', (message) => {
      conversations.heard(message);
      memory.remember(message);
      gate.pass(() => showSaid(message));
      watch.countsChanged();
    }),
    client.on('message_edited', (message) => {
      memory.remember(message);
      showOf(message.id, message.conversation_id, () => transcript.edited(message));
    }),
    client.on('message_deleted', (deletion) => {
      const before = memory.find(deletion.id);
      memory.deleted(deletion.id);
      if (!conversations.deleted(deletion)) watch.countAnew();
      showOf(deletion.id, deletion.conversation_id, () => transcript.deleted(deletion, before));
      watch.countsChanged();
    }),
    client.on('messages_removed', ({ conversation_id, ids }) => {
      const counted = ids.map((id) => conversations.deleted({ id, conversation_id }));
      if (counted.includes(false)) watch.countAnew();
      watch.countsChanged();
    }),
    client.on('reaction_update', (reaction) => {
      memory.reacted(reaction);
      showOf(reaction.message_id, reaction.conversation_id, () => transcript.reacted(reaction));
    }),
    client.on('message_pinned', (pin) =>
      showOf(pin.message_id, pin.conversation_id, () => transcript.pinned(pin)),
    ),
    client.on('thread_follow', (follow) => {
      conversations.followed(follow);
      watch.countsChanged();
    }),
    client.on('read_update', (state) => {
      conversations.read(state);
      watch.countsChanged();
    }),
    client.on('conversation_update', (conversation) => {
      const before = conversations.changed(conversation);
      gate.pass(() => showChanged(before, conversation));
      watch.countsChanged();
    }),
    client.on('conversation_deleted', ({ conversation_id, deleted_by }) => {
      const before = conversations.find(conversation_id);
      conversations.left(conversation_id);
      if (before !== undefined)
        gate.pass(() => showDeleted(conversation_id, nameOf(before, here.self), deleted_by));
      watch.countsChanged();
    }),
    client.on('conversation_left', ({ conversation_id }) => {
      const before = conversations.find(conversation_id);
      conversations.left(conversation_id);
      if (before !== undefined) gate.pass(() => showLeft(conversation_id, nameOf(before, here.self)));
      watch.countsChanged();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
