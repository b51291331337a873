import {
  type ModelWait,
  modelWaitSentence,
  type PlanEntry,
  type Task,
  type TaskNotification,
  type ToolCall,
} from '../protocol/index.ts';
import { cleanLine } from './sanitise.ts';
import type { Style } from './style.ts';
import { fit } from './text.ts';

/** The tasks under way, each as one line that is written anew as the task goes on. */
export interface LiveTasks {
  /** What is under way now, asked of the server. */
  load(tasks: readonly Task[]): void;
  notice(notification: TaskNotification): void;
  /** One line for each task, at most so many columns wide, without colours when the style has none. */
  lines(columns: number, style: Style): string[];
}

const phases = ['assigned', 'working', 'waiting', 'stuck', 'stopping'] as const;
type Phase = (typeof phases)[number];

interface LiveTask {
  agent: string;
  title: string;
  phase: Phase;
  /** Percent; null: cannot be known. */
  progress: number | null;
  plan: readonly PlanEntry[];
  tool: ToolCall | undefined;
  wait: ModelWait | null;
}

/** Lines shown at once; the rest are counted. */
const linesMax = 6;

export function createLiveTasks(): LiveTasks {
  const tasks = new Map<string, LiveTask>();

  function notice(notification: TaskNotification): void {
    const { type, task_id, metadata } = notification;
    if (isEnd(type)) {
      tasks.delete(task_id);
      return;
    }
    const known = tasks.get(task_id);
    if (type === 'steered') return;
    tasks.set(task_id, {
      agent: notification.agent_name,
      title: notification.task_description,
      phase: phaseOf(type, known),
      progress: metadata.indeterminate ? null : notification.progress,
      plan: metadata.plan ?? known?.plan ?? [],
      tool: metadata.tools?.at(-1) ?? known?.tool,
      wait: metadata.model_wait === undefined ? (known?.wait ?? null) : metadata.model_wait,
    });
  }

  function load(active: readonly Task[]): void {
    tasks.clear();
    for (const task of active) {
      tasks.set(task.task_id, {
        agent: task.agent_name,
        title: task.description,
        phase: phases.find((phase) => phase === task.status) ?? 'working',
        progress: task.indeterminate ? null : task.progress,
        plan: task.plan,
        tool: task.tools.at(-1),
        wait: task.model_wait,
      });
    }
  }

  function lines(columns: number, style: Style): string[] {
    const all = [...tasks.values()];
    const shown = all.slice(0, linesMax).map((task) => {
      const name = cleanLine(task.agent);
      const text = fit(`${progressWords(task)}${stepWords(task)}`, Math.max(10, columns - name.length - 4));
      return `${mark[task.phase]} ${style.name(name)} ${style.paint('dim', text)}`;
    });
    if (all.length > linesMax) shown.push(style.paint('dim', `  and ${all.length - linesMax} more: /tasks`));
    return shown;
  }

  return { load, notice, lines };
}

const mark = { assigned: '○', working: '●', waiting: '?', stuck: '!', stopping: '■' } as const;

/** Its agent may report what it did before while it waits or is stuck. */
function phaseOf(type: OngoingType, known: LiveTask | undefined): Phase {
  const keeps = type !== 'resumed' && (known?.phase === 'waiting' || known?.phase === 'stuck');
  return phases.find((phase) => phase === type) ?? (keeps ? known.phase : 'working');
}

type EndType = 'completed' | 'failed' | 'stopped' | 'interrupted';
type OngoingType = Exclude<TaskNotification['type'], EndType>;

function isEnd(type: TaskNotification['type']): type is EndType {
  return type === 'completed' || type === 'failed' || type === 'stopped' || type === 'interrupted';
}

function progressWords({ phase, progress }: LiveTask): string {
  if (phase === 'assigned') return 'next: ';
  if (phase === 'waiting') return 'waits for approval: ';
  if (phase === 'stuck') return 'stuck, needs help: ';
  if (phase === 'stopping') return 'stopping: ';
  return progress === null ? '' : `${Math.round(progress)} %  `;
}

/** Where in its plan a task is, and what it does there. */
function stepWords({ phase, plan, tool, title, wait }: LiveTask): string {
  if (phase !== 'working') return cleanLine(title);
  if (wait !== null) return cleanLine(modelWaitSentence(wait, Date.now()));
  const step = plan.findIndex(({ status }) => status === 'in_progress');
  const entry = plan[step];
  const place =
    entry === undefined ? cleanLine(title) : `[${step + 1}/${plan.length}] ${cleanLine(entry.content)}`;
  if (tool === undefined) return place;
  const failed = tool.status === 'failed' ? ' (failed)' : '';
  return `${place} · ${cleanLine(tool.title)}${failed}`;
}
