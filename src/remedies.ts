import type { LocalWorker } from './local-worker.ts';
import type { Remedies } from './monitoring/monitoring.ts';
import type { EphemeralEvent } from './protocol/index.ts';
import type { Help } from './tasks/help.ts';
import type { TaskLife } from './tasks/task-life.ts';
import type { Tasks } from './tasks/tasks.ts';

/** What the parts of the house can do about an agent that does not get on. */
export function createRemedies(parts: {
  readonly help: Help;
  readonly tasks: Tasks;
  readonly taskLife: TaskLife;
  /** Gives back which worker was told. */
  readonly tellWorker: (workerId: string, event: EphemeralEvent) => string | undefined;
  readonly localWorker: () => LocalWorker | undefined;
}): Remedies {
  const { help, tasks, taskLife, tellWorker, localWorker } = parts;
  return {
    ask: help.ask,
    escalate: help.escalate,
    nudge: taskLife.nudge,
    restartSession({ task_id, worker_id }, reason) {
      if (worker_id === null) return false;
      const event = { type: 'restart_session_asked', data: { task_id, reason } } as const;
      return tellWorker(worker_id, event) === worker_id;
    },
    restartWorker(workerId) {
      const local = localWorker();
      if (local?.workerId !== workerId) return false;
      local.restart();
      return true;
    },
    stop: ({ task_id }, reason) => tasks.stop({ task_id }, 'system', reason),
  };
}
