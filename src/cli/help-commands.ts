import type { ChatClient } from '../client/index.ts';
import { type AgentHealth, ChatError, type HelpRequest } from '../protocol/index.ts';
import type { ChatCommands } from './chat-command.ts';
import { bare } from './conversation-names.ts';
import { cleanLine } from './sanitise.ts';

/** What can be typed about agents that do not get on; a request for help is named by its message's number. */
export const helpCommands: ChatCommands = {
  stuck: {
    usage: '/stuck',
    doc: 'agents that are stuck, with their requests for help',
    run: (_, { client }) => stuck(client),
  },
  answer: {
    usage: '/answer [ID] TEXT',
    doc: 'answer a stuck agent, which reads it at once',
    async run(rest, { client }) {
      const [, id, text = ''] = /^(?:#?(\d{1,15})\s+)?(.*)$/s.exec(rest) ?? [];
      if (text === '') return undefined;
      await answer(client, id, text);
      return [];
    },
  },
  monitor: {
    usage: '/monitor [NAME]',
    doc: 'agent health and recovery actions',
    takes: 'agent',
    run: (rest, { client }) => monitor(client, rest === '' ? undefined : bare(rest)),
  },
};

/** Who needs help, the oldest request first. */
export async function stuck(client: ChatClient): Promise<string[]> {
  const open = await openRequests(client);
  if (open.length === 0) return ['No agent needs help.'];
  return open.flatMap(({ message_id, agent_name, issue, progress, helpers }) => [
    `#${message_id} ${cleanLine(agent_name)}: ${cleanLine(issue)}`,
    `  so far: ${cleanLine(progress)}`,
    `  asked: ${helpers.map(({ name }) => cleanLine(name)).join(', ') || 'nobody in particular'}`,
  ]);
}

async function openRequests(client: ChatClient): Promise<HelpRequest[]> {
  return (await client.request('get_help_requests', {})).help_requests.toReversed();
}

/** Helps the one with that number, or the only one. Rejects with a ChatError. */
export async function answer(client: ChatClient, id: string | undefined, text: string): Promise<void> {
  const open = await openRequests(client);
  const fits = open.filter(({ message_id }) => id === undefined || message_id === Number(id));
  const [only, ...more] = fits;
  if (only === undefined) {
    const none = id === undefined ? 'No agent needs help.' : `No request for help has the number ${id}.`;
    throw new ChatError('not_found', none);
  }
  if (more.length > 0) {
    const each = fits.map(({ message_id, agent_name }) => `#${message_id} ${cleanLine(agent_name)}`);
    throw new ChatError('bad_frame', `Several need help. Say whom you answer: ${each.join('; ')}`);
  }
  await client.request('answer_help', { help_request_id: only.help_request_id, text });
}

const recoveriesShown = 5;

/** How agents get on, and what was done lately where they did not. */
export async function monitor(client: ChatClient, agent: string | undefined): Promise<string[]> {
  const { health, recovery_summary, recoveries } = await client.request(
    'get_agent_health',
    agent === undefined ? {} : { agent_name: agent },
  );
  const { total_agents, healthy_agents, stuck_agents, stagnant_agents, error_agents } = health;
  const { total_recovery_attempts, failed_recoveries, escalations } = recovery_summary;
  return [
    `${total_agents} agents: ${healthy_agents} healthy, ${stuck_agents} stuck, ` +
      `${stagnant_agents} stagnant, ${error_agents} in error`,
    ...Object.entries(health.agent_details).map(([name, details]) => `  ${name}: ${healthText(details)}`),
    `Recovery: ${total_recovery_attempts} attempts, ${failed_recoveries} failed; people were told ` +
      `${escalations} times`,
    ...recoveries
      .slice(0, recoveriesShown)
      .map(
        ({ timestamp, agent_name, action_taken, success, notes }) =>
          `  ${timestamp} ${cleanLine(agent_name)} ${action_taken}${success ? '' : ' (failed)'}: ` +
          cleanLine(notes),
      ),
  ];
}

function healthText({ health_status, worker_status, current_task, reason }: AgentHealth): string {
  const task = current_task === null ? '' : `, at ${cleanLine(current_task)}`;
  const why = reason === null ? '' : `. ${cleanLine(reason)}`;
  return `${health_status.toLowerCase()} (${worker_status}${task})${why}`;
}
