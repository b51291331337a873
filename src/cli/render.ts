import type { AgentStatus, ChangedFile, ChatMessage, Member, Task } from '../protocol/index.ts';
import { clean, cleanLine } from './sanitise.ts';
import type { Style } from './style.ts';
import { fit, padTo, textWidth, wrap } from './text.ts';

/** What is told, as lines of a terminal. Everything that comes from others is cleaned here. */

/** Lines of diff under one message; `/diff` shows all. */
const diffLinesMax = 40;
/** As wide as the time before a name. */
const indent = ' '.repeat(6);

/** Hours and minutes, in the time zone of the terminal. */
function clockTime(timestamp: string): string {
  const time = new Date(timestamp);
  return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

export function day(timestamp: string): string {
  const time = new Date(timestamp);
  return `${time.getFullYear()}-${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())}`;
}

/** `self`: one's own name, whose mention stands out. */
export function messageLines(
  message: ChatMessage,
  view: { readonly style: Style; readonly self: string | undefined; readonly columns: number },
): string[] {
  const { style, self, columns } = view;
  const name = cleanLine(message.sender_name);
  const paint = (line: string) =>
    message.sender_kind === 'system' ? style.paint('dim', line) : paintMentions(line, style, self);
  // The name takes room in the first line; the others are set in.
  const room = ' '.repeat(textWidth(name) + 2);
  const [first = '', ...rest] = clean(message.text)
    .trimEnd()
    .split('\n')
    .flatMap((line, index) => wrap(index === 0 ? room + line : line, columns - indent.length - 1));
  const time = style.paint('dim', clockTime(message.timestamp));
  return [
    `${time} ${style.name(name)}  ${paint(first.slice(room.length))}`,
    ...rest.map((line) => `${indent}${paint(line)}`),
  ];
}

function paintMentions(line: string, style: Style, self: string | undefined): string {
  return line.replace(/(?<![\p{L}\p{N}.@])@[\p{L}\p{N}_-]+/gu, (mention) =>
    style.paint(mention.slice(1).toLowerCase() === self?.toLowerCase() ? 'yellow' : 'bold', mention),
  );
}

/** Changed files with their diffs, cut with a hint unless `whole`. */
export function changeLines(changes: readonly ChangedFile[], style: Style, whole = false): string[] {
  const lines: string[] = [];
  let diffLines = 0;
  let hidden = 0;
  for (const file of changes) {
    const added = style.paint('green', `+${file.added_lines}`);
    const removed = style.paint('red', `-${file.removed_lines}`);
    const doubt = file.attributed ? '' : style.paint('yellow', '  (changed meanwhile, perhaps by another)');
    lines.push(
      `${indent}${style.paint('bold', cleanLine(file.path))}  ${file.change}  ${added} ${removed}${doubt}`,
    );
    for (const line of clean(file.diff).trimEnd().split('\n')) {
      if (line === '' || isFileHeader(line)) continue;
      diffLines += 1;
      if (whole || diffLines <= diffLinesMax) lines.push(`${indent}${paintDiff(line, style)}`);
      else hidden += 1;
    }
  }
  if (hidden > 0) lines.push(style.paint('dim', `${indent}… ${hidden} more lines: /diff shows them`));
  return lines;
}

function isFileHeader(line: string): boolean {
  return /^(---|\+\+\+|diff |index |Index: |={5,})/.test(line);
}

function paintDiff(line: string, style: Style): string {
  if (line.startsWith('+')) return style.paint('green', line);
  if (line.startsWith('-')) return style.paint('red', line);
  return style.paint('dim', line);
}

/** How an agent is, in a few words. */
export function statusWords(status: AgentStatus): string {
  const percent =
    status.status === 'working' && !status.indeterminate ? ` ${Math.round(status.progress)} %` : '';
  const reason = status.reason === null ? '' : ` (${cleanLine(status.reason).replace(/\.$/, '')})`;
  return `${status.status}${percent}${reason}`;
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

export function taskTable(tasks: readonly Task[], columns: number): string[] {
  if (tasks.length === 0) return ['No task is under way.'];
  const rows = tasks.map((task) => [
    cleanLine(task.agent_name),
    task.status,
    task.indeterminate ? '' : `${Math.round(task.progress)} %`,
    cleanLine(task.description),
  ]);
  return table(rows, columns);
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

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
