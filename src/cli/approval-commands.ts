import type { ChatClient } from '../client/index.ts';
import { type Approval, ChatError, type CommandInput } from '../protocol/index.ts';
import { actionText, listedApproval } from './approval-lines.ts';
import type { ChatCommands } from './chat-command.ts';
import type { Style } from './style.ts';

/** What can be typed about what agents ask to be allowed; each is named by its message's number. */
export const approvalCommands: ChatCommands = {
  approvals: {
    usage: '/approvals [ID]',
    doc: 'approval requests that wait for an answer, or one of them uncut',
    takes: 'approval',
    async run(rest, { client, room }) {
      const [, id] = /^(?:#?(\d{1,15}))?$/.exec(rest) ?? [];
      if (rest !== '' && id === undefined) return undefined;
      return id === undefined ? approvals(client, room.view()) : wholeApproval(client, id, room.view());
    },
  },
  approve: {
    usage: '/approve [ID] [always]',
    doc: 'allow a request once, or always in its task',
    takes: 'approval',
    async run(rest, { client }) {
      const [, id, always] = /^(?:#?(\d{1,15}))?\s*(always)?$/i.exec(rest) ?? [];
      if (rest !== '' && id === undefined && always === undefined) return undefined;
      await answer(client, id, { answer: always === undefined ? 'once' : 'always' });
      return [];
    },
  },
  choose: {
    usage: '/choose ID NUMBER',
    doc: "choose one of a question's options",
    takes: 'approval',
    async run(rest, { client }) {
      const [, id, number] = /^#?(\d{1,15})\s+(\d{1,2})$/.exec(rest) ?? [];
      if (number === undefined) return undefined;
      await answer(client, id, (asked) => ({ option_id: optionOf(asked, Number(number)) }));
      return [];
    },
  },
  deny: {
    usage: '/deny [ID] SENTENCE',
    doc: 'deny a request; the agent reads the sentence',
    takes: 'approval',
    async run(rest, { client }) {
      const [, id, sentence = ''] = /^(?:#?(\d{1,15})(?:\s+|$))?(.*)$/s.exec(rest) ?? [];
      await answer(client, id, { answer: 'deny', sentence });
      return [];
    },
  },
};

/** What waits for an answer, the oldest first. */
export async function approvals(
  client: ChatClient,
  view: { readonly style: Style; readonly columns: number },
): Promise<string[]> {
  const waiting = await pending(client);
  if (waiting.length === 0) return ['No approval request waits.'];
  return waiting.flatMap((approval) => listedApproval(approval, view));
}

async function wholeApproval(
  client: ChatClient,
  id: string,
  view: { readonly style: Style; readonly columns: number },
): Promise<string[]> {
  const asked = (await pending(client)).find(({ message_id }) => message_id === Number(id));
  return asked === undefined ? [noneHas(id)] : listedApproval(asked, { ...view, whole: true });
}

const noneHas = (id: string) => `No approval request has the number ${id}.`;

async function pending(client: ChatClient): Promise<Approval[]> {
  return (await client.request('get_approvals', {})).approvals.toReversed();
}

/**
 * Answers the one with that number, or the only one. That it happened is told to everybody by its event.
 * Rejects with a ChatError.
 */
export async function answer(
  client: ChatClient,
  id: string | undefined,
  how: How | ((asked: Approval) => How),
): Promise<Approval> {
  const waiting = await pending(client);
  const fits = waiting.filter(({ message_id }) => id === undefined || message_id === Number(id));
  const [only, ...more] = fits;
  if (only === undefined) {
    throw new ChatError('not_found', id === undefined ? 'No approval request waits.' : noneHas(id));
  }
  if (more.length > 0) {
    const each = fits.map((approval) => `#${approval.message_id} ${actionText(approval)}`).join('; ');
    throw new ChatError('bad_frame', `Several wait. Say which: ${each}`);
  }
  const given = typeof how === 'function' ? how(only) : how;
  return (await client.request('answer_approval', { approval_id: only.approval_id, ...given })).approval;
}

export type How = Omit<CommandInput<'answer_approval'>, 'approval_id'>;

/** The option with that number, as the list of them counts. Errors: not_found. */
export function optionOf({ options = [] }: Approval, number: number): string {
  const option = options[number - 1];
  if (option !== undefined) return option.option_id;
  throw new ChatError('not_found', `This question has ${options.length} options. Give one of their numbers.`);
}
