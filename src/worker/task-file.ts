import { access, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../lib/log.ts';
import {
  type CommandInput,
  currentWork,
  type PlanEntry,
  type Task,
  type ToolCall,
} from '../protocol/index.ts';

type Report = Omit<CommandInput<'report_progress'>, 'task_id'>;

/**
 * A task as a file that older tools read: NAME/current_task.md, replaced in one step whenever it changes, so
 * that nobody reads half of it. Ended, it is in completed_tasks or failed_tasks beside. What cannot be
 * written is logged; the task goes on.
 */
export interface TaskFile {
  update(report: Report): void;
  end(outcome: 'completed' | 'failed'): Promise<void>;
}

export interface TaskFileOptions {
  /** Where the folders of all agents are. */
  readonly folder: string;
  readonly task: Task;
  readonly log: Log;
}

const current = 'current_task.md';

export async function openTaskFile({ folder, task, log }: TaskFileOptions): Promise<TaskFile> {
  const home = join(folder, task.agent_name);
  const tools = new Map<string, ToolCall>();
  let plan: readonly PlanEntry[] = [];
  let progress: number | null = null;
  let isDirty = false;
  let writing = attempt(write);

  async function write(): Promise<void> {
    isDirty = false;
    await mkdir(home, { recursive: true });
    const text = render(task, { plan, progress, tools: [...tools.values()] });
    await writeFile(join(home, `${current}.new`), text, { mode: 0o600 });
    await rename(join(home, `${current}.new`), join(home, current));
  }

  async function attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      log.warn({ err: error, task: task.task_id }, 'the file of a task could not be written');
    }
  }

  await writing;
  return {
    update(report) {
      if (report.plan) plan = report.plan;
      progress = report.progress;
      for (const tool of report.tools ?? []) tools.set(tool.id, tool);
      if (isDirty) return;
      isDirty = true;
      writing = writing.then(() => attempt(write));
    },
    async end(outcome) {
      if (outcome === 'completed') progress = 100;
      await writing;
      await attempt(write);
      await attempt(() => putAway(home, outcome));
    },
  };
}

/** Puts away what a worker that died left as current. */
export async function putAwayLeftTasks(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isDirectory())) {
    const home = join(folder, entry.name);
    if (await exists(join(home, current))) await putAway(home, 'failed');
  }
}

async function putAway(home: string, outcome: 'completed' | 'failed'): Promise<void> {
  const ended = join(home, `${outcome}_tasks`);
  await mkdir(ended, { recursive: true });
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  let path = join(ended, `task_${stamp}.md`);
  for (let again = 2; await exists(path); again += 1) path = join(ended, `task_${stamp}_${again}.md`);
  await rename(join(home, current), path);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

interface Work {
  readonly plan: readonly PlanEntry[];
  /** Percent; null: cannot be known. */
  readonly progress: number | null;
  readonly tools: readonly ToolCall[];
}

/** The form that older tools read: how far it is stands in a line `NAME: N% complete`. */
function render(task: Task, { plan, progress, tools }: Work): string {
  const edits = tools.filter(({ kind }) => kind === 'edit');
  const paths = [...new Set(edits.flatMap((edit) => edit.paths))].map(oneLine);
  const done = plan.filter(({ status }) => status === 'completed').length;
  const box = (isDone: boolean, text: string) => `- [${isDone ? 'x' : ' '}] ${text}`;
  const note = progress === 100 ? 'READY TO RELEASE' : `${done} of ${plan.length} steps`;
  const next = plan
    .filter(({ status }) => status === 'pending')
    .map(({ content }) => `- ${oneLine(content)}`);
  return [
    `# Current Task: ${oneLine(task.description)}`,
    `## Assigned: ${task.created_at.slice(0, 19).replace('T', ' ')}`,
    '## Files Needed:',
    ...paths.map((path) => `- ${path} (edited)`),
    '## Progress:',
    box(true, 'Task started'),
    box(tools.length > 0, 'Files analyzed'),
    box(edits.length > 0, 'Implementation in progress'),
    // Nobody tells what was a test.
    box(false, 'Testing completed'),
    box(progress === 100, 'Ready for review'),
    '## File Status:',
    ...(progress === null ? [] : [`- overall_task: ${Math.floor(progress)}% complete (${note})`]),
    '## Current Work:',
    ...currentWork(plan, tools).map(oneLine),
    '## Next Steps:',
    ...next,
    '## Notes:',
    `- ${task.task_id}, asked by ${oneLine(task.requested_by)}`,
    '',
  ].join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
