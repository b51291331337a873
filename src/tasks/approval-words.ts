import { isChoice, type ToolAction, type ToolGroup, visibleLine } from '../protocol/index.ts';

/** What is said about what agents ask to be allowed. */

/** What `always` covers: whatever has the same text in the same task. */
export function scopeOf(group: ToolGroup, { tool, title }: ToolAction): string {
  return group === 'other' ? `other ${tool} ${title}` : group;
}

const always: Readonly<Record<Exclude<ToolGroup, 'other'>, string>> = {
  read: 'whatever the agent wants to read or search in this task',
  edit: 'every change of a file inside the project in this task, whatever it changes',
  fetch: 'every fetch from the network in this task, from any address',
  execute: 'every command in this task, whatever it does',
};

/** What `always` would allow, for people. */
export function alwaysMeans(group: ToolGroup, { title, options = [] }: ToolAction): string {
  if (isChoice(options)) return 'nothing: this question has options of its own';
  const has = (kind: string) => options.some((option) => option.kind === kind);
  const isRemembered = !has('allow_once') && has('allow_always') && group !== 'edit';
  return alwaysInTask(group, title) + (isRemembered ? programRemembers : '');
}

const programRemembers = '. The agent program offers no "once": it may not ask again, in later tasks either';

function alwaysInTask(group: ToolGroup, title: string): string {
  return group === 'other'
    ? `every "${shorten(visibleLine(title))}" in this task, whatever it is given`
    : always[group];
}

/** What an agent asks. */
const questions: Readonly<Record<ToolGroup, string>> = {
  read: 'May I read this?',
  edit: 'May I change this?',
  fetch: 'May I fetch this?',
  execute: 'May I run this?',
  other: 'May I do this?',
};

/** The question that a card asks. */
export function questionOf(
  group: ToolGroup,
  { options, host }: Pick<ToolAction, 'options' | 'host'>,
): string {
  if (host !== undefined) return 'May I reach this host?';
  return isChoice(options) ? 'Which of these?' : questions[group];
}

/** What an agent says in the room when it asks. */
export function approvalText(group: ToolGroup, action: ToolAction): string {
  return `🖐 ${questionOf(group, action)} ${code(oneLine(action))}`;
}

/** For whom a task waits. */
export function waitingReason(
  action: ToolAction,
  approvers: readonly string[],
  present: readonly string[],
): string {
  const what = oneLine(action);
  if (approvers.length === 0)
    return `Waits for approval, which nobody in this conversation may give: ${what}`;
  const [named, more] = [approvers.slice(0, namedMax), approvers.length - namedMax];
  const who = more > 0 ? `${named.join(', ')} or ${more} more` : or(named);
  const here = new Set(present.map((name) => name.toLowerCase()));
  const away = approvers.some((name) => here.has(name.toLowerCase())) ? '' : ' (not online)';
  return `Waits for approval by ${who}${away}: ${what}`;
}

/** Why the policy denies something, for the agent. */
export function deniedByPolicy(group: ToolGroup): string {
  return `The policy of the team denies you this (${group}). Do without it, or say what you need it for.`;
}

const namedMax = 5;
const shownCharsMax = 200;

/** What it is, within a line. */
function oneLine({ command, title, paths }: ToolAction): string {
  const [path] = paths;
  const what = command ?? (path !== undefined && !title.includes(path) ? `${title} ${path}` : title);
  return shorten(visibleLine(what));
}

function shorten(text: string): string {
  return text.length > shownCharsMax ? `${text.slice(0, shownCharsMax - 1).trimEnd()}…` : text;
}

/** Text as code of Markdown, which nothing in it ends. */
function code(text: string): string {
  const runs = text.match(/`+/g)?.map((run) => run.length) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

function or(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : (names[0] ?? '');
}
