import { z } from 'zod';
import { approvalsPage } from '../chat/visible-pages.ts';
import {
  AnswerFields,
  Approval,
  ApprovalPage,
  ApprovalQuery,
  ChatError,
  OwnPolicy,
  PolicyReply,
} from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies, requireIdentity } from './fastify.ts';

/** What agents ask to be allowed, and what they may do without asking. */
export function approvalRoutes(app: App, { approvals, store }: HttpDependencies): void {
  app.get(
    '/approvals',
    {
      config: { needs: 'read' },
      schema: {
        description:
          'What agents ask to be allowed, the newest first, without that of conversations you are not in.',
        querystring: ApprovalQuery,
        response: { 200: ApprovalPage },
      },
    },
    (request) => approvalsPage(store, request.query, requireIdentity(request)),
  );

  app.post(
    '/approvals/:approval_id',
    {
      config: { needs: 'approve' },
      schema: {
        description:
          'Allows or denies what an agent asks for, or chooses one of its options. The first answer counts.',
        params: z.object({ approval_id: z.coerce.number().int() }),
        body: AnswerFields,
        response: { 200: z.object({ approval: Approval }) },
      },
    },
    async (request) => {
      const answer = { ...request.body, ...request.params };
      if (answer.option_id === undefined && answer.answer !== 'deny' && answer.sentence !== '') {
        throw new ChatError('bad_frame', '"sentence": an agent reads it with `deny` only. Leave it out.');
      }
      return { approval: await approvals.answer(answer, requireIdentity(request), actorOf(request)) };
    },
  );

  app.get(
    '/employees/:name/policy',
    {
      config: { needs: 'read' },
      schema: {
        description: 'What an agent may do without asking.',
        params: z.object({ name: z.string() }),
        response: { 200: PolicyReply },
      },
    },
    async ({ params }) => approvals.policyOf(params.name),
  );

  app.put(
    '/employees/:name/policy',
    {
      config: { needs: 'hire' },
      schema: {
        description:
          'Sets what an agent may do without asking. What is not named is as its role says, else as for all.',
        params: z.object({ name: z.string() }),
        body: OwnPolicy,
        response: { 200: PolicyReply },
      },
    },
    (request) => approvals.setPolicy(request.params.name, request.body, actorOf(request)),
  );
}
