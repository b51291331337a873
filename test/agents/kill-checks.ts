import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ChatMessage, limits, type Task, TaskOutcome } from '../../src/protocol/index.ts';
import { eventually } from '../support/eventually.ts';
import type { Person } from '../support/person.ts';
import type { Frame } from '../support/raw-client.ts';
import type { KillTeam } from './kill-team.ts';

/** What must hold of a team once what was killed is back. */

const lockTermMsMax = limits.taskLockTermMs + 5_000;
const outcomes: ReadonlySet<unknown> = new Set(TaskOutcome.options);

export const isStep = ({ type }: Frame) => type === 'task_notification';

/** Resolves when people are told that the task has ended, with how. */
export async function end(team: KillTeam, taskId: string): Promise<TaskOutcome> {
  const { data } = await team.ever(
    (frame) => isStep(frame) && frame.data.task_id === taskId && outcomes.has(frame.data.type),
  );
  return data.type as TaskOutcome;
}

/** Those of what was heard that began and had not ended. */
export function tasksAtWork(heard: readonly Frame[]): string[] {
  const steps = heard.filter(isStep);
  const idsOf = (fits: (type: unknown) => boolean) =>
    new Set(steps.filter(({ data }) => fits(data.type)).map(({ data }) => String(data.task_id)));
  const ended = idsOf((type) => outcomes.has(type));
  return [...idsOf((type) => type === 'started')].filter((taskId) => !ended.has(taskId));
}

export async function activeTasks({ ask }: Person): Promise<Task[]> {
  return Object.values((await ask({ type: 'get_active_tasks' })).data as Record<string, Task>);
}

/** What people are shown that is not so. Requests are answered one by one, so only what lasts counts. */
async function contradictions(person: Person, agents: readonly string[]): Promise<string[]> {
  const [tasks, states, locks] = await Promise.all([activeTasks(person), person.states(), person.locks()]);
  const atWork = tasks.filter(({ status }) => status !== 'assigned');
  const ofAgents = agents.flatMap((agent) => {
    const status = states[agent]?.status ?? 'unknown';
    const task = atWork.find(({ agent_name }) => agent_name === agent);
    if (['idle', 'completed', 'failed'].includes(status) && task === undefined) return [];
    if (['working', 'waiting', 'stuck'].includes(status) && task !== undefined) return [];
    return [`${agent} is shown as ${status} and is at ${task?.task_id ?? 'no task'}`];
  });
  const ofLocks = locks.flatMap(({ path, task_id, holder, expires_at }) => {
    const isHeld = atWork.some((task) => task.task_id === task_id && task.agent_name === holder);
    const isTooLong = Date.parse(expires_at) > Date.now() + lockTermMsMax;
    return isHeld && !isTooLong ? [] : [`${path} is held for ${task_id} until ${expires_at}`];
  });
  return [...ofAgents, ...ofLocks];
}

/** All that is shown of agents, tasks and locks becomes true, and soon. */
export async function untilTrue(team: KillTeam, agents: readonly string[]): Promise<void> {
  let found: string[] = [];
  await eventually(
    async () => {
      found = await contradictions(team.person(), agents);
      return found.length === 0 ? true : undefined;
    },
    () => `truth: ${found.join('; ')}`,
  );
}

/** Nobody works, and nothing is left of what was done. */
export async function checkRest(team: KillTeam, agents: readonly string[]): Promise<void> {
  assert.deepEqual(await activeTasks(team.person()), []);
  assert.deepEqual(await team.person().locks(), []);
  const files = agents.map((agent) => join(team.sessions, agent, 'current_task.md'));
  let left: string[] = [];
  await eventually(
    async () => {
      left = files.filter((file) => existsSync(file));
      return left.length === 0 ? true : undefined;
    },
    () => `end of ${left.join(', ')}`,
  );
}

/** Messages of main after one, oldest first. */
export async function messagesAfter({ ask }: Person, after: number): Promise<ChatMessage[]> {
  const all: ChatMessage[] = [];
  for (let last = after; ; ) {
    const { data } = await ask({
      type: 'get_chat_history',
      replies: true,
      after: last,
      limit: limits.historyPageMax,
    });
    const messages = data.messages as ChatMessage[];
    all.push(...messages);
    last = messages.at(-1)?.id ?? last;
    if (data.has_more !== true) return all;
  }
}
