import { may } from '../auth/policy.ts';
import type { ChannelEnder, Conversations } from '../chat/conversations.ts';
import type { Messages } from '../chat/messages.ts';
import { type conversationCommands, encodeFrame } from '../protocol/index.ts';
import type { SignedInConnection } from './connection.ts';
import type { FanOut } from './fan-out.ts';
import { actorOf, type Handlers } from './handler.ts';

function enderOf(connection: SignedInConnection): ChannelEnder {
  const { identity } = connection.state;
  return { name: identity.user_id, anyones: may(identity, 'end_channels'), actor: actorOf(connection) };
}

/** Answers the commands about conversations, and about messages after they were said. */
export function conversationHandlers(
  { conversations, messages }: { conversations: Conversations; messages: Messages },
  fanOut: FanOut,
): Pick<Handlers, keyof typeof conversationCommands> {
  const nameOf = (connection: SignedInConnection) => connection.state.identity.user_id;

  return {
    get_conversations: {
      run: async ({ state }) => ({ conversations: await conversations.views(state.identity) }),
    },
    create_conversation: {
      run: async (connection, asked) => ({
        conversation: await conversations.create(asked, nameOf(connection)),
      }),
    },
    join_conversation: {
      run: async (connection, { conversation_id }) => ({
        conversation: await conversations.join(conversation_id, nameOf(connection)),
      }),
    },
    leave_conversation: {
      async run(connection, { conversation_id }) {
        await conversations.leave(conversation_id, nameOf(connection));
        return {};
      },
    },
    invite_to_conversation: {
      run: async (connection, { conversation_id, member }) => ({
        conversation: await conversations.invite(conversation_id, member, nameOf(connection)),
      }),
    },
    archive_conversation: {
      run: async (connection, { conversation_id, on }) => ({
        conversation: await conversations.archive(conversation_id, on, enderOf(connection)),
      }),
    },
    delete_conversation: {
      async run(connection, { conversation_id }) {
        await conversations.remove(conversation_id, enderOf(connection));
        return {};
      },
    },
    mark_read: {
      run: (connection, place) => conversations.mark('read', place, nameOf(connection)),
    },
    mark_unread: {
      run: (connection, place) => conversations.mark('unread', place, nameOf(connection)),
    },
    edit_message: {
      async run(connection, edit) {
        const { message, notice } = await messages.edit(edit, nameOf(connection));
        if (notice !== null) fanOut.send(connection, encodeFrame({ type: 'notice', data: notice }));
        return { message };
      },
    },
    delete_message: {
      async run(connection, { message_id }) {
        const anyones = may(connection.state.identity, 'moderate');
        await messages.remove(message_id, nameOf(connection), anyones);
        return {};
      },
    },
    get_message_revisions: {
      run: async (connection, { message_id }) => ({
        revisions: await messages.revisions(message_id, nameOf(connection)),
      }),
    },
    react: {
      async run(connection, reaction) {
        await messages.react(reaction, nameOf(connection));
        return {};
      },
    },
    pin_message: {
      async run(connection, pin) {
        await messages.pin(pin, nameOf(connection));
        return {};
      },
    },
    get_pinned_messages: {
      run: async ({ state }, { conversation_id }) => ({
        messages: await messages.pinned(conversation_id, state.identity),
      }),
    },
    follow_thread: {
      async run(connection, follow) {
        await messages.follow(follow, nameOf(connection));
        return {};
      },
    },
    get_followed_threads: {
      run: async (connection) => messages.followed(nameOf(connection)),
    },
  };
}
