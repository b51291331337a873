import { z } from 'zod';
import { ChatMessage, limits, parseUserId } from '../protocol/index.ts';
import { type App, type HttpDependencies, requireIdentity } from './fastify.ts';

/** Saying and reading by REST. */
export function chatRoutes(app: App, { messages, developmentMode }: HttpDependencies): void {
  app.post(
    '/chat/send',
    {
      schema: {
        description: 'Says something in `main`. `sender` is believed in development mode only.',
        body: z.object({
          message: z.string().max(limits.textCharsMax),
          sender: z.string().max(limits.userIdCharsMax).optional(),
          client_message_id: z.string().min(1).max(limits.clientMessageIdCharsMax).optional(),
        }),
        response: {
          200: z.object({ message: z.string(), message_id: z.number().int(), notice: z.string().nullable() }),
        },
      },
    },
    async (request) => {
      const identity = requireIdentity(request, 'post');
      const believed =
        developmentMode && identity.session === null ? parseUserId(request.body.sender) : undefined;
      const { message, notice } = await messages.post({
        sender: believed ?? identity.user_id,
        text: request.body.message,
        conversation_id: 'main',
        client_message_id: request.body.client_message_id,
      });
      return {
        message: 'Message sent successfully',
        message_id: message.id,
        notice: notice?.message ?? null,
      };
    },
  );

  app.get(
    '/conversations/:conversation_id/messages',
    {
      schema: {
        description: 'A page of a conversation, oldest first.',
        params: z.object({ conversation_id: z.string().max(100) }),
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(limits.historyPageMax).default(limits.historyPageDefault),
          before: z.coerce.number().int().optional(),
        }),
        response: {
          200: z.object({
            conversation_id: z.string(),
            messages: z.array(ChatMessage),
            has_more: z.boolean(),
          }),
        },
      },
    },
    async (request) => {
      requireIdentity(request, 'read');
      return messages.history({ ...request.params, ...request.query });
    },
  );
}
