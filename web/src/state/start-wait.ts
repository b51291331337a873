import type { Task } from '../../../src/protocol/index.ts';
import { problemText } from '../supply/supply-words.ts';
import type { AppState } from './app-state.ts';
import { hasEnded } from './task-state.ts';

/** Why a task in line has not begun, as far as this person may know. */
export function startWaitText(
  { server, tasks, agents }: Pick<AppState, 'server' | 'tasks' | 'agents'>,
  { task_id, agent_name }: Pick<Task, 'task_id' | 'agent_name'>,
): string {
  const supply = server?.supply;
  if (supply?.problem && supply.state !== 'ready') return `Waiting to start: ${problemText(supply.problem)}`;
  if (server?.worker_state === 'starting') return 'Waiting to start: the worker is starting';
  if (server?.worker_state === 'none') return 'Waiting to start: no worker is connected';
  const before = tasksBefore(tasks, task_id, agent_name);
  const [first, ...more] = before;
  if (first !== undefined)
    return more.length === 0
      ? `Waiting to start after “${first.description}”`
      : `Waiting to start: ${before.length} tasks before this one`;
  const status = agents[agent_name]?.status;
  const isBusy = status === 'working' || status === 'waiting' || status === 'stuck';
  return isBusy ? `Waiting to start: ${agent_name} is at another task` : 'Waiting to start';
}

/** The task that runs, and those that wait before this one. */
function tasksBefore(all: AppState['tasks'], taskId: string, agent: string): Task[] {
  const open = Object.values(all).filter((task) => task.agent_name === agent && !hasEnded(task));
  const running = open.filter(({ status }) => status !== 'assigned');
  const line = open.filter(({ status }) => status === 'assigned');
  const place = line.findIndex(({ task_id }) => task_id === taskId);
  return [...running, ...line.slice(0, Math.max(0, place))];
}
