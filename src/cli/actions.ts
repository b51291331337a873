import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ChatClient } from '../client/index.ts';
import {
  AuditPage,
  type CommandInput,
  type OwnPolicy,
  type PersonRole,
  type PolicyLayers,
  type PolicyReply,
  ruleFor,
  type SearchOrder,
  Smartness,
  ToolGroup,
} from '../protocol/index.ts';
import { findConversation, nameOf, namesIn } from './conversation-names.ts';
import { fileChangeLine } from './file-lines.ts';
import type { ServerAccess } from './find-server.ts';
import { hitPageLines, pageLines, type View } from './message-lines.ts';
import {
  auditLine,
  conversationTable,
  employeeTable,
  historyTable,
  offlineReasons,
  peopleTable,
  progressLines,
  statusTable,
  taskTable,
} from './render.ts';
import { ask } from './rest.ts';
import { cleanLine } from './sanitise.ts';
import { findNext } from './search.ts';

/** What can be done from the shell and within the chat alike: each does it and gives back what to print. */

/** `developer smart`: a role, then perhaps the level of its model. */
export function roleAndLevel(words: readonly string[]): { role: string; smartness: Smartness | undefined } {
  const level = Smartness.safeParse(words.at(-1)?.toLowerCase());
  return { role: (level.success ? words.slice(0, -1) : words).join(' '), smartness: level.data };
}

export async function hire(
  client: ChatClient,
  agent: { name: string; role: string; smartness?: Smartness | undefined },
): Promise<string[]> {
  const { member } = await client.request('hire_agent', { ...agent, known_role: true });
  const level = member.smartness === null ? '' : ` (${member.smartness})`;
  return [`Hired ${cleanLine(member.name)} as ${cleanLine(member.role)}${level}.`];
}

/** What an agent may do without asking; sets it first when rules are given. */
export async function policy(client: ChatClient, name: string, rules?: string): Promise<string[]> {
  const told =
    rules === undefined
      ? await client.request('get_policy', { name })
      : await client.request('set_policy', { name, policy: readRules(rules) });
  const words = Object.entries(told.policy).map(([group, rule]) => `${group}=${rule}`);
  return [`${cleanLine(told.member.name)}: ${words.join(',')}`, `  ${whoseRules(told)}`];
}

/** Where rules come from: "execute by rules of its own; edit by its role (reviewer)". */
function whoseRules({ member, layers }: PolicyReply): string {
  const groups = (from: keyof PolicyLayers) =>
    ToolGroup.options.filter((group) => ruleFor(group, layers).from === from).join(', ');
  const parts = [
    [groups('agent'), 'by rules of its own'],
    [groups('role'), `by its role (${cleanLine(member.role)})`],
    [groups('server'), 'as for all agents'],
  ];
  return parts.flatMap(([which, whose]) => (which === '' ? [] : [`${which} ${whose}`])).join('; ');
}

/** Rules as they are typed; that they are possible, the server says. */
function readRules(rules: string): OwnPolicy {
  if (rules === 'default') return {};
  return Object.fromEntries(rules.split(',').map((rule) => rule.trim().split('=', 2))) as OwnPolicy;
}

export async function fire(client: ChatClient, name: string): Promise<string[]> {
  const fired = await client.request('fire_agent', { name });
  return [`Fired ${cleanLine(fired.name)}.`];
}

export async function people(client: ChatClient, columns: number): Promise<string[]> {
  const { members, connected } = await client.request('get_members', {});
  return peopleTable(members, connected, columns);
}

export async function setRole(client: ChatClient, name: string, role: PersonRole): Promise<string[]> {
  const { member } = await client.request('set_role', { name, role });
  return [`${cleanLine(member.name)} is ${cleanLine(member.role)} now.`];
}

export async function removePerson(client: ChatClient, asked: string): Promise<string[]> {
  const { name, keys } = await client.request('remove_person', { name: asked });
  const lost = `These keys that ${cleanLine(name)} made ended too: ${keys.map(cleanLine).join(', ')}.`;
  return [`Removed ${cleanLine(name)}.`, ...(keys.length === 0 ? [] : [lost])];
}

/** Gives an agent a task; one that is read-only is only looked at and answered. */
export async function assign(
  client: ChatClient,
  name: string,
  text: string,
  readOnly = false,
): Promise<string[]> {
  const kind = readOnly ? 'question' : 'work';
  const { task } = await client.request('assign_task', { agent_name: name, task: text, kind });
  const [agent, what] = [cleanLine(task.agent_name), cleanLine(task.description)];
  const { agents } = await client.request('get_members', {});
  const its = Object.values(agents).filter(({ agent_name }) => agent_name === task.agent_name);
  return [`Given to ${agent}: ${what}`, ...offlineReasons(its)];
}

/** Rejects with unknown_agent, which says who exists. */
export async function requireAgent(client: ChatClient, agent_name: string): Promise<void> {
  const { agents } = await client.request('get_members', {});
  if (!(agent_name.toLowerCase() in agents)) await client.request('get_agent_status', { agent_name });
}

export async function stop(client: ChatClient, name: string): Promise<string[]> {
  const { task } = await client.request('stop_task', { agent_name: name });
  const what = cleanLine(task.description);
  return [task.status === 'stopping' ? `Stopping: ${what}` : `${task.status}: ${what}`];
}

export async function status(client: ChatClient, columns: number): Promise<string[]> {
  const { agents, connected, supply, sandbox, project_config } = await client.request('get_members', {});
  const people = connected.map(cleanLine).sort().join(', ');
  const statuses = Object.values(agents);
  const problem = supply && supply.problem !== null ? [cleanLine(supply.reason)] : [];
  return [
    ...statusTable(statuses, columns),
    `Connected: ${people || 'nobody'}`,
    ...new Set([...offlineReasons(statuses), ...problem]),
    ...[sandbox, project_config].flatMap((told) => (told ? [cleanLine(told.reason)] : [])),
  ];
}

export async function employees(client: ChatClient, columns: number): Promise<string[]> {
  const { members } = await client.request('get_members', {});
  return employeeTable(members, columns);
}

/** Who changed a file, the newest change first. */
export async function who(client: ChatClient, path: string): Promise<string[]> {
  const { changes, has_more } = await client.request('get_file_changes', { path });
  if (changes.length === 0) return [`No change of ${cleanLine(path)} was noticed.`];
  return [...changes.map(fileChangeLine), ...(has_more ? ['There are older ones.'] : [])];
}

export async function tasks(client: ChatClient, columns: number): Promise<string[]> {
  return taskTable(Object.values(await client.request('get_active_tasks', {})), columns);
}

/** What an agent did lately, the newest first. */
export async function tasksOf(client: ChatClient, name: string, columns: number): Promise<string[]> {
  const { tasks } = await client.request('get_agent_tasks', { agent_name: name });
  // For the error, which says who exists.
  if (tasks.length === 0) await client.request('get_agent_status', { agent_name: name });
  return historyTable(tasks, columns);
}

/** How far one agent is with its task, or every one that is at a task. */
export async function progress(client: ChatClient, agent_name?: string): Promise<string[]> {
  const told = await client.request('get_progress', { agent_name });
  return progressLines(told.progress, agent_name !== undefined);
}

/** Says something. The id makes it safe to send it again after a dropped link. */
export async function say(client: ChatClient, said: CommandInput<'chat_message'>): Promise<void> {
  await client.request('chat_message', { ...said, client_message_id: randomUUID() });
}

/** The id of the conversation of a name: `#backend`, `backend`, `@ruth`. Errors: unknown_conversation. */
async function findByName(client: ChatClient, name: string): Promise<string> {
  const { conversations } = await client.request('get_conversations', {});
  return findConversation(conversations, name, selfOf(client)).conversation_id;
}

/** The same, but the direct conversation with somebody is begun if there is none. */
export async function openByName(client: ChatClient, name: string): Promise<string> {
  if (!name.startsWith('@')) return findByName(client, name);
  const direct = { kind: 'direct', members: namesIn(name) } as const;
  return (await client.request('create_conversation', direct)).conversation.conversation_id;
}

export async function channels(client: ChatClient, columns: number): Promise<string[]> {
  const { conversations } = await client.request('get_conversations', {});
  return conversationTable(conversations, { self: selfOf(client), columns });
}

/** The newest messages of a conversation. */
export async function history(
  client: ChatClient,
  page: { readonly name: string; readonly limit: number },
  view: Omit<View, 'self'>,
): Promise<string[]> {
  const conversation_id = await findByName(client, page.name);
  const asked = { conversation_id, limit: page.limit, replies: true };
  const { messages } = await client.request('get_chat_history', asked);
  if (messages.length === 0) return ['Nothing was said there yet.'];
  return pageLines(messages, { ...view, self: selfOf(client) });
}

/** What a search finds, as lines, or as one JSON document for programs. */
export async function search(
  client: ChatClient,
  query: { readonly q: string; readonly order: SearchOrder; readonly limit: number },
  view: Omit<View, 'self'> | 'json',
): Promise<string[]> {
  const { hits, next_cursor } = await findNext(client, query);
  const has_more = next_cursor !== null;
  if (view === 'json') return [JSON.stringify({ hits, has_more }, null, 2)];
  if (hits.length === 0) return [has_more ? 'Nothing was found so far.' : 'Nothing was found.'];
  const self = selfOf(client);
  const { conversations } = await client.request('get_conversations', {});
  const titles = new Map(conversations.map((each) => [each.conversation_id, nameOf(each, self)]));
  const titleOf = (id: string) => titles.get(id) ?? `#${cleanLine(id)}`;
  const more = has_more ? ['There may be more: a greater --limit, or before:DAY'] : [];
  return [...hitPageLines(hits, titleOf, { ...view, self }), ...more];
}

function selfOf({ state }: ChatClient): string {
  return state.kind === 'online' ? state.self.user_id : '';
}

const LinkReply = z.object({
  link: z.string(),
  telegram_link: z.string().nullish(),
  expires_at: z.string(),
});

/** A new link that signs a browser in once, for oneself or for somebody else. */
export async function link(
  access: ServerAccess,
  who: { user_id?: string | undefined; role?: string | undefined },
): Promise<string[]> {
  const made = await ask(access, 'POST', '/auth/links', LinkReply, who);
  const { telegram_link } = made;
  return [
    cleanLine(made.link),
    ...(telegram_link ? [`Or, for a Telegram account: ${cleanLine(telegram_link)}`] : []),
    `It works once, until ${cleanLine(made.expires_at)}.`,
  ];
}

/** Lines of the audit log, the newest last. */
export async function audit(
  access: ServerAccess,
  query: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const path = `/audit?${new URLSearchParams(given).toString()}`;
  const { entries, has_more } = await ask(access, 'GET', path, AuditPage);
  const oldest = entries.at(-1);
  const more = has_more && oldest ? [`Older ones: --before ${oldest.id}`] : [];
  return entries.length === 0 ? ['Nothing was noted.'] : [...more, ...entries.reverse().map(auditLine)];
}
