import { randomBytes } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { Predecessor, Supply, TaskKind, WorkerState } from '../protocol/index.ts';
import type { NewTask, Store } from '../store/store.ts';
import { acknowledge, agentMessage, type Situation } from './announcements.ts';

export interface Assignment {
  /** Given twice by the same id it is one task; a new id, unless it says so. */
  readonly task_id?: string | undefined;
  readonly agent_name: string;
  readonly description: string;
  readonly kind: TaskKind;
  readonly requested_by: string;
  readonly model?: string | null | undefined;
  readonly mode?: string | undefined;
  /** Where it is talked about; main, unless it says so. */
  readonly conversation_id?: string;
  /** The message in whose thread it is talked about. */
  readonly message_id?: number | null | undefined;
  /** The task at which an agent asks for it. */
  readonly asked_at?: string | undefined;
}

/** Where a task was asked for, and where its agent speaks. */
export interface Origin {
  readonly conversation_id: string;
  readonly message_id: number | null;
}

export interface AssigningDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly workerState: () => WorkerState;
  /** Whether agents can work. */
  readonly supply?: () => Supply | null;
  /** Whether only the members of a conversation may see what is said there. */
  readonly isPrivate?: (conversationId: string) => boolean;
  /** Tasks that may come from one request as agents ask each other. */
  readonly chainMax: number;
  /** And within a minute. */
  readonly chainRate: number;
}

/** How an agent is when it is given a task in a conversation. */
export async function situationOf(
  { store, workerState, supply, isPrivate }: AssigningDependencies,
  agent: string,
  conversationId: string,
): Promise<Situation> {
  const tasks = (await store.listActiveTasks()).filter((task) => task.agent_name === agent);
  const busyWith = tasks.find((task) => task.status !== 'assigned');
  const isElsewhere = busyWith !== undefined && busyWith.conversation_id !== conversationId;
  return {
    busyWith,
    busyInPrivate: isElsewhere && isPrivate?.(busyWith.conversation_id) === true,
    ahead: tasks.filter((task) => task.status === 'assigned').length,
    worker: workerState(),
    supply: supply?.() ?? null,
  };
}

/** Modes of agent programs, and of the older programs, in which nothing is changed. */
const readOnlyModes: ReadonlySet<string> = new Set(['plan', 'chat', 'analyze', 'ask']);

/** A task for an agent, with what the agent says to it. `takesUp`: in place of another. */
export function newTask(
  { clock, chainMax, chainRate }: AssigningDependencies,
  assignment: Assignment,
  origin: Origin,
  now: Situation,
  takesUp?: Omit<Predecessor, 'task_id'>,
): NewTask {
  const task: Omit<NewTask, 'acknowledgement'> = {
    task_id: assignment.task_id ?? newTaskId(assignment.agent_name, clock.now()),
    agent_name: assignment.agent_name,
    kind: readOnlyModes.has(assignment.mode ?? '') ? 'question' : assignment.kind,
    description: assignment.description,
    requested_by: assignment.requested_by,
    model: assignment.model ?? null,
    mode: assignment.mode ?? 'build',
    conversation_id: origin.conversation_id,
    message_id: origin.message_id,
    at: isoTime(clock),
  };
  const text = acknowledge(task, now, takesUp);
  const acknowledgement =
    text === null
      ? null
      : agentMessage(task, text, `task-${task.task_id}-ack`, task.at, {
          kind: 'acknowledgement',
          task_id: task.task_id,
        });
  const { asked_at } = assignment;
  const chain =
    asked_at === undefined ? undefined : { parent: asked_at, tasksMax: chainMax, rateMax: chainRate };
  return { ...task, chain, acknowledgement };
}

/** `NAME_<unix seconds>`, the older programs' session id, and a tail that keeps two in one second apart. */
function newTaskId(agent: string, nowMs: number): string {
  return `${agent}_${Math.floor(nowMs / 1000)}_${randomBytes(4).toString('hex')}`;
}
