import type { ChatClient } from '../client/index.ts';
import type { Smartness } from '../protocol/index.ts';
import { cleanLine } from './sanitise.ts';

/** What agents are, know and run on: each does it and gives back what to print. */

/** The categories of jobs, or the jobs of one. */
export async function specialists(client: ChatClient, category: string): Promise<string[]> {
  const { roles } = await client.request('get_roles', {});
  const categories = [...new Set(roles.map((role) => role.category))].sort();
  if (category === '') {
    return [
      `Categories: ${categories.map(cleanLine).join(', ')}.`,
      'One of them after the command lists its jobs.',
    ];
  }
  const found = roles.filter((role) => role.category.toLowerCase() === category.toLowerCase());
  if (found.length === 0)
    return [`There is no such category. Categories: ${categories.map(cleanLine).join(', ')}.`];
  const width = Math.max(...found.map(({ name }) => name.length));
  return found.map(
    ({ name, model, expertise }) =>
      `${cleanLine(name).padEnd(width)}  ${model.padEnd(6)}  ${expertise.map(cleanLine).join(', ')}`,
  );
}

export async function models(client: ChatClient): Promise<string[]> {
  return lines((await client.request('get_models', {})).models);
}

/** No model, or "auto", leaves it to the agent program. */
export async function setModel(client: ChatClient, level: Smartness, model: string): Promise<string[]> {
  const chosen = model === 'auto' ? null : model || null;
  return lines((await client.request('set_model', { level, model: chosen })).models);
}

function lines(all: readonly { level: Smartness; model: string | null; description: string }[]): string[] {
  return all.map(({ level, model, description }) => {
    const what = model === null ? "the agent program's own choice" : cleanLine(model);
    return `${level.padEnd(6)}  ${what}${description === '' ? '' : `  (${cleanLine(description)})`}`;
  });
}

export async function memory(client: ChatClient, agent_name: string): Promise<string[]> {
  const { notes } = await client.request('get_memory', { agent_name });
  if (notes.length === 0) return [`${cleanLine(agent_name)} was told to remember nothing yet.`];
  return notes.map(
    ({ note_id, topic, text, told_by }) =>
      `${note_id}  ${cleanLine(topic)}: ${cleanLine(text)}  (${cleanLine(told_by)})`,
  );
}

export async function remember(
  client: ChatClient,
  agent_name: string,
  topic: string,
  text: string,
): Promise<string[]> {
  const { note } = await client.request('remember', { agent_name, topic, text });
  return [`${cleanLine(agent_name)} remembers it as ${note.note_id}.`];
}

export async function forget(client: ChatClient, agent_name: string, what: string): Promise<string[]> {
  const which = /^\d+$/.test(what) ? { note_id: Number(what) } : { topic: what };
  const { forgotten } = await client.request('forget', { agent_name, ...which });
  return [forgotten === 0 ? 'There was nothing of that.' : `Forgotten: ${forgotten}.`];
}
