import type { HelpCause, Helper, HelpRequest, Task } from '../protocol/index.ts';
import type { NewMessage } from '../store/store.ts';

/** What is said around requests for help. */

/** How far a task is, in words for people. */
export function progressWords({ plan, tools, progress, indeterminate }: Task): string {
  const done = plan.filter(({ status }) => status === 'completed').length;
  const step = plan.find(({ status }) => status === 'in_progress')?.content;
  const call = tools.findLast(({ status }) => status === 'in_progress') ?? tools.at(-1);
  const parts = [
    plan.length > 0 ? `${done} of ${plan.length} steps done` : '',
    plan.length === 0 && !indeterminate ? `${Math.round(progress)} % done` : '',
    step === undefined ? '' : `at "${step}"`,
    call === undefined ? '' : `last: ${call.title} (${call.status.replace('_', ' ')})`,
  ].filter((part) => part !== '');
  return parts.join(', ') || 'nothing seen yet';
}

/** Why a task is stuck, in its status. */
export function stuckReason(cause: HelpCause, issue: string, helpers: readonly Helper[]): string {
  const asked = helpers.length === 0 ? '' : ` Asked ${listed(helpers)} for help.`;
  return cause === 'asked' ? `Needs help: ${issue}${asked}` : `${issue}${asked}`;
}

/** What a stuck agent says in the room. */
export function helpText(issue: string, progress: string, helpers: readonly Helper[]): string {
  const asked = helpers.map(({ name }) => `@${name}`).join(' ');
  const whom = asked === '' ? 'Can anybody help? Reply to this.' : `${asked} can you help? Reply to this.`;
  return `🆘 I'm stuck. ${issue}\n\nSo far: ${progress}.\n\n${whom}`;
}

/** What an agent that was chosen to help is asked. */
export function helperTask({ agent_name, task, progress, issue }: HelpRequest, { fits }: Helper): string {
  const because = fits.length === 0 ? '' : `, because of what you know: ${fits.join(', ')}`;
  return (
    `${agent_name} is stuck at a task and asks you for help${because}. Look at the files if that helps you ` +
    `to understand it. Answer with what ${agent_name} should try, in a few sentences: they go to ` +
    `${agent_name} as they are.\n\nIts task: ${task}\n\nSo far: ${progress}\n\nThe problem: ${issue}`
  );
}

/** A stuck agent takes up what somebody said. */
export function thanks({ agent_name, conversation_id, message_id }: HelpRequest, by: string) {
  return {
    conversation_id,
    sender_name: agent_name,
    sender_kind: 'agent',
    text: `Thanks, ${by}. I go on with that.`,
    mentions: [],
    reply_to: message_id,
    metadata: { kind: 'acknowledgement' },
  } as const satisfies Partial<NewMessage>;
}

/** What people are told when nobody has helped. */
export function escalationText(
  { agent_name, issue, helpers }: HelpRequest,
  people: readonly string[],
): string {
  const asked = helpers.length === 0 ? 'nobody was there to be asked' : `${listed(helpers)} did not answer`;
  return (
    `${people.map((name) => `@${name}`).join(' ')} ${agent_name} is still stuck, and ${asked}. ${issue}\n\n` +
    `Reply to ${agent_name}'s message to help, or stop the task.`
  ).trim();
}

function listed(helpers: readonly Helper[]): string {
  return helpers.map(({ name }) => name).join(' and ');
}
