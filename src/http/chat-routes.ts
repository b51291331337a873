import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { may } from '../auth/policy.ts';
import {
  ChatError,
  Conversation,
  ConversationView,
  commands,
  HistoryPage,
  limits,
  NewConversationFields,
  SearchFields,
  SearchPage,
} from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies, requireIdentity } from './fastify.ts';
import { PageQuery, pageEnd, pageOf } from './paging.ts';
import { speakerOf } from './speaker.ts';

const said = commands.chat_message.request.shape;

/** Saying and reading by REST. */
export function chatRoutes(app: App, { messages, conversations, search, gateway }: HttpDependencies): void {
  app.post(
    '/chat/send',
    {
      config: { needs: 'post' },
      schema: {
        description:
          'Says something in a conversation that you may see, `main` unless it is named. `sender` is ' +
          'believed in development mode only; otherwise another name than your own is refused.',
        body: z.object({
          message: said.text,
          read_only: said.read_only,
          sender: z.string().max(limits.userIdCharsMax).optional(),
          conversation_id: said.conversation_id,
          thread_id: said.thread_id,
          reply_to: said.reply_to,
          client_message_id: said.client_message_id,
        }),
        response: {
          200: z.object({
            message: z.string(),
            message_id: z.number().int(),
            conversation_id: z.string(),
            thread_id: z.number().int().nullable(),
            notice: z.string().nullable(),
          }),
        },
      },
    },
    async (request) => {
      const { message: text, sender: named, ...place } = request.body;
      if (!gateway.isOpen()) throw new ChatError('unavailable', 'The chat was stopped.');
      const sender = speakerOf(request, 'sender', named);
      const { message, notice } = await messages.post({ ...place, sender, text });
      return {
        message: 'Message sent successfully',
        message_id: message.id,
        conversation_id: message.conversation_id,
        thread_id: message.thread_id,
        notice: notice?.message ?? null,
      };
    },
  );

  app.get(
    '/conversations',
    {
      config: { needs: 'read' },
      schema: {
        description: 'The conversations you may see, with what you have not read.',
        querystring: PageQuery,
        response: { 200: z.object({ conversations: z.array(ConversationView), ...pageEnd }) },
      },
    },
    async (request) => {
      const views = await conversations.views(requireIdentity(request));
      const { page, next_cursor } = pageOf(views, request.query, (view) => view.conversation_id);
      return { conversations: page, next_cursor };
    },
  );

  app.post(
    '/conversations',
    {
      config: { needs: 'post' },
      schema: {
        description: 'Creates a channel, or opens the direct conversation of some members.',
        body: NewConversationFields,
        response: { 200: z.object({ conversation: Conversation }) },
      },
    },
    async (request) => {
      const { user_id } = requireIdentity(request);
      if (request.body.kind === 'direct' && request.body.title !== undefined) {
        throw new ChatError('bad_frame', '"title": a direct conversation has none. Leave it out.');
      }
      return { conversation: await conversations.create(request.body, user_id) };
    },
  );

  const params = z.object({ conversation_id: z.string().max(100) });
  const enderOf = (request: FastifyRequest) => {
    const identity = requireIdentity(request);
    const anyones = may(identity, 'end_channels');
    return { name: identity.user_id, anyones, actor: actorOf(request) };
  };
  for (const [act, on] of [
    ['archive', true],
    ['unarchive', false],
  ] as const) {
    app.post(
      `/conversations/:conversation_id/${act}`,
      {
        config: { needs: 'post' },
        schema: {
          description: on
            ? 'Archives a channel that you made, as an admin any: it can only be read from then on.'
            : 'Takes the archiving of a channel back.',
          params,
          response: { 200: z.object({ conversation: Conversation }) },
        },
      },
      async (request) => ({
        conversation: await conversations.archive(request.params.conversation_id, on, enderOf(request)),
      }),
    );
  }

  app.delete(
    '/conversations/:conversation_id',
    {
      config: { needs: 'post' },
      schema: {
        description: commands.delete_conversation.doc,
        params,
        response: { 200: z.object({ message: z.string() }) },
      },
    },
    async (request) => {
      await conversations.remove(request.params.conversation_id, enderOf(request));
      return { message: 'The channel was deleted.' };
    },
  );

  app.get(
    '/search',
    {
      config: { needs: 'read' },
      schema: {
        description:
          'Finds messages that you may see. Deleted ones are not found, edited ones by their present text. ' +
          '`from`, `in` and `has` may be given several times.',
        querystring: SearchFields,
        response: { 200: SearchPage },
      },
    },
    async (request) => search.find(request.query, requireIdentity(request)),
  );

  const messageId = z.coerce.number().int().optional();
  app.get(
    '/conversations/:conversation_id/messages',
    {
      config: { needs: 'read' },
      schema: {
        description:
          'A page, oldest first: the newest messages, or those before, after or around one; of the ' +
          'conversation itself, or with `thread_id` of a thread.',
        params,
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(limits.historyPageMax).default(limits.historyPageDefault),
          before: messageId,
          after: messageId,
          around: messageId,
          thread_id: messageId,
        }),
        response: { 200: HistoryPage },
      },
    },
    async (request) => {
      const identity = requireIdentity(request);
      return messages.history({ ...request.params, ...request.query }, identity);
    },
  );
}
