import { z } from 'zod';
import {
  ChatMessage,
  Conversation,
  ConversationView,
  FollowedThread,
  MessageRevision,
  ReadState,
} from './entities.ts';
import { limits } from './limits.ts';
import { MessageTask } from './task-entities.ts';
import { asEmoji, isEmoji, isShownTitle, normaliseTitle } from './visible-text.ts';

/** Commands about conversations, and about messages after they were said. */

const conversation_id = z.string().min(1).max(100);
const message_id = z.number().int().describe("The message's `id`");
const member = z.string().min(1).max(limits.userIdCharsMax);
const on = z.boolean().default(true).describe('false takes it back');
const title = z
  .string()
  .overwrite(normaliseTitle)
  .min(1)
  .max(limits.conversationTitleCharsMax)
  .refine(isShownTitle, 'A title has visible characters only, and at least one.');

export const NewConversationFields = z.object({
  kind: Conversation.shape.kind.default('channel'),
  title: title.optional().describe('A channel needs one; no two public channels have the same'),
  private: z.boolean().default(false).describe('A direct conversation always is'),
  members: z.array(member).max(limits.conversationMembersMax).default([]).describe('Besides yourself'),
});

const readReply = ReadState.extend({ conversation_id: z.string() });

export const conversationCommands = {
  get_conversations: {
    doc: 'The conversations you may see, with what you have not read.',
    needs: 'read',
    request: z.object({}),
    replyType: 'conversations',
    reply: z.object({ conversations: z.array(ConversationView) }),
  },
  create_conversation: {
    doc:
      'Create a channel, or open the direct conversation of some members: there is one for each set of ' +
      'them. In one of a person and an agent, every message of the person is for the agent.',
    needs: 'post',
    request: NewConversationFields,
    replyType: null,
    reply: z.object({ conversation: Conversation }),
  },
  join_conversation: {
    doc: 'Join a public channel. What was said before counts as read.',
    needs: 'follow',
    request: z.object({ conversation_id }),
    replyType: null,
    reply: z.object({ conversation: Conversation }),
  },
  leave_conversation: {
    doc: 'Leave a channel. Nobody leaves main or a direct conversation.',
    needs: 'follow',
    request: z.object({ conversation_id }),
    replyType: null,
    reply: z.object({}),
  },
  invite_to_conversation: {
    doc: 'Bring a person or an agent into a channel that you may see.',
    needs: 'post',
    request: z.object({ conversation_id, member }),
    replyType: null,
    reply: z.object({ conversation: Conversation }),
  },
  archive_conversation: {
    doc:
      'Archive a channel that you made, as an admin any channel, or take that back. An archived channel ' +
      'can only be read: its waiting tasks are withdrawn, and tasks at work go on to their end.',
    needs: 'post',
    request: z.object({ conversation_id, on }),
    replyType: null,
    reply: z.object({ conversation: Conversation }),
  },
  delete_conversation: {
    doc:
      'Delete a channel with all that was said in it, and stop its tasks. For admins, and for who made it ' +
      'while no other person has written there. Nobody deletes main or a direct conversation.',
    needs: 'post',
    request: z.object({ conversation_id }),
    replyType: null,
    reply: z.object({}),
  },
  mark_read: {
    doc: 'You have read a conversation up to a message, on all of your devices. Never moves back.',
    needs: 'follow',
    request: z.object({
      conversation_id,
      message_id,
      alone: z
        .boolean()
        .optional()
        .describe('Only this message was read, e.g. a report on the card of its task; the position stays'),
    }),
    replyType: null,
    reply: readReply,
  },
  mark_unread: {
    doc: 'A message and all later ones of its conversation are unread again.',
    needs: 'follow',
    request: z.object({ conversation_id, message_id }),
    replyType: null,
    reply: readReply,
  },
  edit_message: {
    doc:
      'Give your own message a new text. Its mentions are read anew, but an edit asks no agent and counts ' +
      'as no new mention for anybody.',
    needs: 'post',
    request: z.object({ message_id, text: z.string().max(limits.textCharsMax) }),
    replyType: null,
    reply: z.object({ message: ChatMessage }),
  },
  delete_message: {
    doc: "Delete your own message, as an admin anybody's. Its place and its thread stay.",
    needs: 'post',
    request: z.object({ message_id }),
    replyType: null,
    reply: z.object({}),
  },
  get_message_revisions: {
    doc: 'For admins: what a message said before it was edited or deleted, oldest first.',
    needs: 'moderate',
    request: z.object({ message_id }),
    replyType: null,
    reply: z.object({ revisions: z.array(MessageRevision).max(limits.revisionsPerMessageMax) }),
  },
  react: {
    doc: 'Put a reaction on a message, or take it back.',
    needs: 'post',
    request: z
      .object({
        message_id,
        emoji: z.string().overwrite(asEmoji).min(1).max(limits.emojiCharsMax).describe('One emoji'),
        on,
      })
      // What was put on a message before this was asked can still be taken back.
      .refine(({ emoji, on }) => !on || isEmoji(emoji), {
        path: ['emoji'],
        message: 'A reaction is one emoji, such as 👍.',
      }),
    replyType: null,
    reply: z.object({}),
  },
  pin_message: {
    doc: 'Pin a message to its conversation, or unpin it.',
    needs: 'post',
    request: z.object({ message_id, on }),
    replyType: null,
    reply: z.object({}),
  },
  get_pinned_messages: {
    doc: 'The pinned messages of a conversation, oldest first, also those in threads.',
    needs: 'read',
    request: z.object({ conversation_id: conversation_id.default('main') }),
    replyType: null,
    reply: z.object({ messages: z.array(ChatMessage).max(limits.pinsPerConversationMax) }),
  },
  follow_thread: {
    doc:
      'Follow the thread of a message, or no longer. Whoever began it, replies in it or is mentioned there ' +
      'follows it already.',
    needs: 'follow',
    request: z.object({ message_id, on }),
    replyType: null,
    reply: z.object({}),
  },
  get_followed_threads: {
    doc:
      'The threads that you follow, those with the newest replies first, and the tasks that the messages ' +
      'they hang from asked for.',
    needs: 'read',
    request: z.object({}),
    replyType: null,
    reply: z.object({
      threads: z.array(FollowedThread).max(limits.followedThreadsMax),
      tasks: z.array(MessageTask).max(limits.messageTasksMax),
    }),
  },
} as const;
