import { type Clock, isoTime } from '../lib/clock.ts';
import { currentWork, phaseOf, type Task, type TaskProgress, withoutContent } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Team } from '../team/team.ts';

/** How far each agent is with the task it is at; null: it is at none. */
export type ProgressByAgent = Record<string, TaskProgress | null>;

export interface Progress {
  /**
   * Of all agents, or of one, by name. Tasks that whoever asks may not see are told without their content.
   * Errors: unknown_agent.
   */
  read(maySee: (task: Task) => boolean, agent?: string): Promise<ProgressByAgent>;
}

export interface ProgressDependencies {
  readonly store: Store;
  readonly team: Team;
  readonly clock: Clock;
  /** Where the worker writes what an agent is at; null: on another machine. */
  readonly taskFile: (agent: string) => string | null;
}

export function createProgress({ store, team, clock, taskFile }: ProgressDependencies): Progress {
  return {
    async read(maySee, agent) {
      const names = agent === undefined ? [...team.agentNames()].sort() : [team.agent(agent).name];
      const [tasks, statuses, locks] = await Promise.all([
        store.listActiveTasks(),
        store.listAgentStatuses(),
        store.listLocks(isoTime(clock)),
      ]);
      const progress = names.map((name) => {
        const task = tasks.find(({ agent_name, status }) => agent_name === name && status !== 'assigned');
        if (task === undefined) return [name, null];
        const status = statuses.find(({ agent_name }) => agent_name === name);
        const told = progressOf(maySee(task) ? task : withoutContent(task), {
          held: locks.filter(({ holder }) => holder === name).map(({ path }) => path),
          last_updated: status?.last_activity ?? task.started_at ?? task.created_at,
          task_file: taskFile(name),
        });
        return [name, told];
      });
      return Object.fromEntries(progress);
    },
  };
}

interface Surroundings extends Pick<TaskProgress, 'last_updated' | 'task_file'> {
  /** The files that the agent holds. */
  readonly held: readonly string[];
}

function progressOf(task: Task, { held, ...surroundings }: Surroundings): TaskProgress {
  const edits = task.tools.filter(({ kind }) => kind === 'edit');
  const ongoing = edits.filter(({ status }) => status === 'pending' || status === 'in_progress');
  const editing = new Set(ongoing.flatMap(({ paths }) => paths));
  const edited = edits.filter(({ status }) => status === 'completed').flatMap(({ paths }) => paths);
  const percentage = task.indeterminate ? null : Math.floor(task.progress);
  const statusOf = (path: string) => {
    if (editing.has(path)) return 'editing';
    return edited.includes(path) ? 'edited' : 'held';
  };
  const files = new Set([...held, ...editing, ...edited]);
  const isDone = percentage === 100;
  return {
    employee: task.agent_name,
    task_description: task.description,
    overall_progress: percentage ?? 0,
    indeterminate: task.indeterminate,
    phase: phaseOf(task.tools),
    ...(task.model_wait === null ? {} : { model_wait: task.model_wait }),
    ready_to_release: isDone ? [...held] : [],
    still_working_on: isDone ? [] : [...new Set([...held, ...editing])],
    file_status: Object.fromEntries([...files].map((path) => [path, { percentage, status: statusOf(path) }])),
    current_work: currentWork(task.plan, task.tools).join('\n'),
    ...surroundings,
  };
}
