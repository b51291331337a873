import type { ChatClient } from '../client/index.ts';
import type { Task } from '../protocol/index.ts';
import type { ChatCommands } from './chat-command.ts';
import { bare } from './conversation-names.ts';
import { lineTable } from './render.ts';
import { cleanLine } from './sanitise.ts';

/** What can be typed about an agent's tasks. PLACE is a number that /queue shows. */
export const taskCommands: ChatCommands = {
  queue: {
    usage: '/queue NAME',
    doc: 'the running task of an agent, and its waiting tasks',
    takes: 'agent',
    async run(rest, { client, screen }) {
      const [name, more] = words(rest);
      if (name === undefined || more !== undefined) return undefined;
      return lineTable(await tasksOf(client, name), screen.columns());
    },
  },
  move: {
    usage: '/move NAME PLACE TO',
    doc: 'move a waiting task to another place in the line',
    takes: 'agent',
    async run(rest, { client, screen }) {
      const [name, from, to, more] = words(rest);
      const [place, wanted] = [placeOf(from), placeOf(to)];
      if (name === undefined || place === undefined || wanted === undefined || more !== undefined)
        return undefined;
      const line = (await tasksOf(client, name)).filter(isWaiting);
      const task = line[place - 1];
      if (task === undefined) return [noSuchPlace(name, place)];
      const others = line.filter((other) => other !== task);
      const before = others[wanted - 1]?.task_id ?? null;
      await client.request('move_task', { task_id: task.task_id, before });
      return lineTable(await tasksOf(client, name), screen.columns());
    },
  },
  cancel: {
    usage: '/cancel NAME PLACE',
    doc: 'cancel a waiting task',
    takes: 'agent',
    async run(rest, { client }) {
      const [name, at, more] = words(rest);
      const place = placeOf(at);
      if (name === undefined || place === undefined || more !== undefined) return undefined;
      const task = (await tasksOf(client, name)).filter(isWaiting)[place - 1];
      if (task === undefined) return [noSuchPlace(name, place)];
      await client.request('stop_task', { task_id: task.task_id });
      return [`Cancelled: ${cleanLine(task.description)}`];
    },
  },
  steer: {
    usage: '/steer NAME [--now] TEXT',
    doc: 'tell an agent something about its task',
    takes: 'agent',
    // It is said in the room.
    async run(rest, { client }) {
      const [, name, now, text] = /^(\S+)\s+(--now\s+)?(.+)$/s.exec(rest) ?? [];
      if (!name || !text) return undefined;
      const when = now === undefined ? 'next' : 'now';
      await client.request('steer_task', { agent_name: bare(name), text, when });
      return [];
    },
  },
  'go-on': {
    usage: '/go-on ID',
    doc: 'continue a handover between agents that was paused',
    async run(rest, { client }) {
      const [, id] = /^#?(\d{1,15})$/.exec(rest) ?? [];
      if (id === undefined) return undefined;
      const { task } = await client.request('go_on', { message_id: Number(id) });
      return [`Given to ${cleanLine(task.agent_name)}: ${cleanLine(task.description)}`];
    },
  },
  continue: takesUp('continue_task', '/continue NAME', 'have an agent go on with its last task'),
  retry: takesUp('retry_task', '/retry NAME', 'have an agent do its last task again'),
  reassign: {
    usage: '/reassign NAME TO [PLACE]',
    doc: "give an agent's waiting or last task to another",
    takes: 'agent',
    async run(rest, { client }) {
      const [from, to, at, more] = words(rest);
      const place = at === undefined ? undefined : placeOf(at);
      if (from === undefined || to === undefined || more !== undefined || (at && !place)) return undefined;
      const line = place === undefined ? [] : (await tasksOf(client, from)).filter(isWaiting);
      const task = place === undefined ? undefined : line[place - 1];
      if (place !== undefined && task === undefined) return [noSuchPlace(from, place)];
      const which = task === undefined ? { from: bare(from) } : { task_id: task.task_id };
      const given = await client.request('reassign_task', { ...which, agent_name: bare(to) });
      return [`Given to ${cleanLine(given.task.agent_name)}: ${cleanLine(given.task.description)}`];
    },
  },
};

function takesUp(command: 'continue_task' | 'retry_task', usage: string, doc: string): ChatCommands[string] {
  return {
    usage,
    doc,
    takes: 'agent',
    async run(rest, { client }) {
      const [name, more] = words(rest);
      if (name === undefined || more !== undefined) return undefined;
      const { task } = await client.request(command, { agent_name: bare(name) });
      return [`Given to ${cleanLine(task.agent_name)}: ${cleanLine(task.description)}`];
    },
  };
}

/** An agent's tasks that have not ended, in their order. */
async function tasksOf(client: ChatClient, name: string): Promise<Task[]> {
  const agent = bare(name).toLowerCase();
  // For the error, which says who exists.
  await client.request('get_agent_status', { agent_name: agent });
  const active = Object.values(await client.request('get_active_tasks', {}));
  return active.filter((task) => task.agent_name === agent);
}

const isWaiting = ({ status }: Task) => status === 'assigned';
const noSuchPlace = (name: string, place: number) =>
  `Nothing waits at place ${place}: /queue ${cleanLine(bare(name))}`;

function words(rest: string): string[] {
  return rest.split(/\s+/).filter(Boolean);
}

function placeOf(word: string | undefined): number | undefined {
  return word !== undefined && /^[1-9]\d{0,3}$/.test(word) ? Number(word) : undefined;
}
