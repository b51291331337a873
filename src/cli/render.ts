import {
  type AgentStatus,
  type AuditEntry,
  type ChangedFile,
  type ConversationView,
  limits,
  type Member,
  modelWaitSentence,
  phaseOf,
  statusReason,
  type Task,
  type TaskProgress,
  type TaskSummary,
} from '../protocol/index.ts';
import { nameOf } from './conversation-names.ts';
import { diffLines, diffLinesMax } from './diff-lines.ts';
import { clockTime, day, margin, type View } from './message-lines.ts';
import { cleanLine } from './sanitise.ts';
import { fit, padTo, textWidth } from './text.ts';

/**
 * Agents, tasks, changes and conversations, as lines of a terminal. Everything that comes from others is
 * cleaned here.
 */

/** Changed files with their diffs, cut with a hint unless `whole`. */
export function changeLines(
  changes: readonly ChangedFile[],
  { style, columns }: Pick<View, 'style' | 'columns'>,
  whole = false,
): string[] {
  const view = { style, columns: columns - margin.length - 1 };
  const lines: string[] = [];
  let room = diffLinesMax;
  let hidden = 0;
  for (const file of changes) {
    const added = style.paint('green', `+${file.added_lines}`);
    const removed = style.paint('red', `-${file.removed_lines}`);
    const doubt = file.attributed ? '' : style.paint('yellow', '  (changed meanwhile, perhaps by another)');
    const undo = file.change_id === undefined ? '' : `  /putback ${file.change_id}`;
    const name = style.paint('bold', cleanLine(file.path));
    lines.push(`${margin}${name}  ${file.change}  ${added} ${removed}${doubt}${undo}`);
    const [shownLines, beyond] = diffLines(file.diff, view, whole ? Number.POSITIVE_INFINITY : room);
    lines.push(...shownLines.map((line) => `${margin}${line}`));
    room -= shownLines.length;
    hidden += beyond;
  }
  if (hidden > 0) lines.push(style.paint('dim', `${margin}… ${hidden} more lines: /diff shows them`));
  return lines;
}

/** An agent's state in a few words, without the reason. */
export function stateWords({ status, indeterminate, progress }: AgentStatus): string {
  return status === 'working' && !indeterminate ? `${status} ${Math.round(progress)} %` : status;
}

/** The same with the reason. That of agents that are offline is left to `offlineReasons`. */
export function statusWords(status: AgentStatus): string {
  const why = status.status === 'offline' ? null : statusReason(status, Date.now());
  const reason = why === null ? '' : ` (${cleanLine(why).replace(/\.$/, '')})`;
  return stateWords(status) + reason;
}

/** Why agents are offline. All agents of a worker have the same reason, so each is given once. */
export function offlineReasons(statuses: readonly AgentStatus[]): string[] {
  const offline = statuses.filter(({ status, reason }) => status === 'offline' && reason !== null);
  return [...new Set(offline.map(({ reason }) => cleanLine(reason ?? '')))];
}

export function statusTable(statuses: readonly AgentStatus[], columns: number): string[] {
  if (statuses.length === 0) return ['No agents are hired. Hire one: hire NAME ROLE'];
  const rows = statuses.map((status) => [
    cleanLine(status.agent_name),
    cleanLine(status.role),
    statusWords(status) + (status.queued_tasks > 0 ? `, ${status.queued_tasks} waiting` : ''),
    status.current_task === null ? '' : cleanLine(status.current_task),
  ]);
  return table(rows, columns);
}

export function employeeTable(members: readonly Member[], columns: number): string[] {
  const agents = members.filter(({ kind }) => kind === 'agent');
  if (agents.length === 0) return ['No agents are hired. Hire one: hire NAME ROLE'];
  const rows = agents.map((member) => [
    cleanLine(member.name),
    cleanLine(member.role),
    member.smartness ?? '',
    `since ${day(member.joined_at)}`,
  ]);
  return table(rows, columns);
}

export function peopleTable(
  members: readonly Member[],
  connected: readonly string[],
  columns: number,
): string[] {
  const people = members.filter(({ kind }) => kind === 'person');
  const rows = people.map(({ name, role, joined_at }) => [
    cleanLine(name),
    cleanLine(role),
    `since ${day(joined_at)}`,
    connected.includes(name) ? 'here' : '',
  ]);
  return table(rows, columns);
}

export function taskTable(tasks: readonly Task[], columns: number): string[] {
  if (tasks.length === 0) return ['No task runs or waits.'];
  const rows = tasks.map((task) => [
    cleanLine(task.agent_name),
    task.status,
    howFar(task),
    cleanLine(task.description),
  ]);
  return table(rows, columns);
}

/** Percent of a plan, or else the phase of the task; a wait for the model comes first. */
function howFar({ indeterminate, progress, status, tools, model_wait }: Task): string {
  if (status === 'assigned') return '';
  if (model_wait !== null) return cleanLine(modelWaitSentence(model_wait, Date.now()));
  return indeterminate ? phaseOf(tools) : `${Math.round(progress)} %`;
}

/** How far agents are: a paragraph each. Who is at no task is told of only if `named`. */
export function progressLines(
  progress: Readonly<Record<string, TaskProgress | null>>,
  named: boolean,
): string[] {
  const lines = Object.entries(progress).flatMap(([name, told]) => {
    if (told === null) return named ? [`${cleanLine(name)} is at no task.`] : [];
    const { indeterminate, phase, overall_progress, model_wait } = told;
    const how = indeterminate ? phase : `${overall_progress} %`;
    const percent = model_wait === undefined ? how : cleanLine(modelWaitSentence(model_wait, Date.now()));
    const work = told.current_work === '' ? [] : told.current_work.split('\n');
    const files = (label: string, paths: readonly string[]) =>
      paths.length === 0 ? [] : [`  ${label}: ${paths.map(cleanLine).join(', ')}`];
    return [
      `${cleanLine(name)}  ${percent}  ${cleanLine(told.task_description)}`,
      ...work.map((line) => `  ${cleanLine(line)}`),
      ...files('Still working on', told.still_working_on),
      ...files('Ready to release', told.ready_to_release),
    ];
  });
  return lines.length === 0 ? ['No task is running. Waiting tasks: tasks'] : lines;
}

/** An agent's tasks in their order; what waits has its place as a number. */
export function lineTable(tasks: readonly Task[], columns: number): string[] {
  if (tasks.length === 0) return ['No task runs or waits there.'];
  let place = 0;
  const rows = tasks.map((task) => {
    if (task.status === 'assigned') place += 1;
    const mark = task.status === 'assigned' ? `${place}` : task.status;
    return [mark, `from ${cleanLine(task.requested_by)}`, cleanLine(task.description)];
  });
  return table(rows, columns);
}

/** An agent's tasks, the newest first, each with the number of the message that asked for it. */
export function historyTable(tasks: readonly TaskSummary[], columns: number): string[] {
  if (tasks.length === 0) return ['No tasks yet.'];
  const rows = tasks.map((task) => [
    `${day(task.created_at)} ${clockTime(task.created_at)}`,
    task.status,
    `from ${cleanLine(task.requested_by)}`,
    task.message_id === null ? '' : `#${task.message_id}`,
    cleanLine(task.description),
  ]);
  return table(rows, columns);
}

/** One line for each conversation; `current` is marked. */
export function conversationTable(
  conversations: readonly ConversationView[],
  view: { readonly self: string; readonly columns: number; readonly current?: string },
): string[] {
  const called = conversations.map((each) => nameOf(each, view.self));
  const rows = conversations.map((each, index) => {
    const name = called[index] ?? '';
    const isAmbiguous = called.indexOf(name) !== called.lastIndexOf(name);
    return [
      each.conversation_id === view.current ? '*' : ' ',
      isAmbiguous ? `${name} (${each.conversation_id})` : name,
      unreadWords(each),
      conversationWords(each),
    ];
  });
  return table(rows, view.columns);
}

/** Empty when nothing is unread. */
function unreadWords({ unread_count, mention_count }: ConversationView): string {
  if (unread_count === 0 && mention_count === 0) return '';
  const count = (value: number) => (value < limits.unreadCountMax ? String(value) : `${value}+`);
  return `${count(unread_count)} unread${mention_count > 0 ? `, ${count(mention_count)} for you` : ''}`;
}

function conversationWords(view: ConversationView): string {
  const { kind, private: isPrivate, joined, members, archived_at } = view;
  if (typeof archived_at === 'string') return 'archived';
  if (!joined) return 'not joined';
  if (kind === 'direct') return '';
  const size =
    members === null ? 'everybody' : members.length === 1 ? '1 member' : `${members.length} members`;
  return isPrivate ? `${size}, private` : size;
}

/** Where something is unread, in one line; none when nothing is. */
export function unreadLines(conversations: readonly ConversationView[], view: View): string[] {
  const places = conversations
    .filter(({ unread_count, mention_count }) => unread_count > 0 || mention_count > 0)
    .map((each) => `${nameOf(each, view.self)} ${each.unread_count}${each.mention_count > 0 ? '!' : ''}`);
  if (places.length === 0) return [];
  return [view.style.paint('dim', fit(`${margin}Unread: ${places.join('  ')}`, view.columns - 1))];
}

/** Columns side by side; the last is cut at the terminal's edge. */
function table(rows: readonly (readonly string[])[], columns: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, textWidth(cell));
    });
  }
  return rows.map((row) =>
    fit(
      row
        .map((cell, index) => padTo(cell, widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
      columns - 1,
    ),
  );
}

/** A line of the audit log: when, who from where, what, and how it went. */
export function auditLine(entry: AuditEntry): string {
  const { at, actor, address, device, action, subject, outcome, detail, count } = entry;
  const where = address === null ? '' : ` (${address})`;
  const times = count > 1 ? ` ${count} times` : '';
  const how = [action, subject, outcome === 'refused' ? `refused${times}` : null, detail && `(${detail})`];
  const by = device === null ? '' : `  ${device}`;
  return cleanLine(`${at}  ${actor ?? '-'}${where}  ${how.filter(Boolean).join(' ')}${by}`);
}
