import { z } from 'zod';
import { HelpFields, limits, ShownText } from '../protocol/index.ts';
import { inQuotes, quoted } from './quoted.ts';
import { type McpDomains, type Tool, tool } from './tool.ts';
import { ownTask } from './work-tools.ts';

/** Asking for help, and giving it. */
export function helpTools({ help }: McpDomains): Tool[] {
  return [
    tool({
      name: 'ask_for_help',
      description:
        'Say that you do not get on with your task, what you tried, and what you need to know. Those of ' +
        'the team who know most about it are asked. End your turn then: you are told what they answer.',
      needs: 'post',
      forAgents: true,
      input: z.object({ issue: ShownText(limits.helpIssueCharsMax) }),
      async run({ issue }, caller) {
        const { helpers } = await help.ask(ownTask(caller), { cause: 'asked', issue });
        const whom = helpers.map(({ name }) => name).join(' and ') || 'the whole room';
        return `You asked ${whom}. End your turn: you are told what they answer.`;
      },
    }),
    tool({
      name: 'list_help_requests',
      description: 'Who is stuck, with what, and who was asked.',
      needs: 'read',
      input: z.object({}),
      async run(_, { identity }) {
        const requests = await help.list({ status: 'open', limit: limits.helpPageMax }, identity);
        const lines = requests.map(({ help_request_id, agent_name, task, progress, issue, helpers }) => {
          const asked = helpers.map(({ name }) => name).join(', ');
          const at = `${agent_name}, at ${inQuotes(task)} (${progress})`;
          return `${help_request_id}: ${at}, asked ${asked}: ${quoted(issue)}`;
        });
        return lines.join('\n') || 'Nobody needs help.';
      },
    }),
    tool({
      name: 'answer_help',
      description: 'Tell one who is stuck what to try. It reaches them at once, in what they are at.',
      needs: 'assign',
      input: HelpFields.extend({ help_request_id: z.number().int() }),
      async run(given, { identity }) {
        const { agent_name } = await help.answer(given, identity);
        return `${agent_name} was told, and goes on.`;
      },
    }),
  ];
}
