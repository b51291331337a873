import { isoTime } from '../lib/clock.ts';
import {
  ChatError,
  type ChatMessage,
  type CommandReply,
  type CommandRequest,
  limits,
  parseMentions,
  publicAudience,
  type Task,
  type TaskOutcome,
} from '../protocol/index.ts';
import type { TaskStep } from '../store/store.ts';
import type { Knowledge } from '../team/knowledge.ts';
import type { Team } from '../team/team.ts';
import {
  agentMessage,
  anewMessage,
  pausedMessage,
  reportMessage,
  type Situation,
  tamperingMessage,
  tellStatus,
} from './announcements.ts';
import {
  type AssigningDependencies,
  type Assignment,
  newTask,
  type Origin,
  situationOf,
} from './assigning.ts';
import { asksForStatus, requestOf } from './request.ts';
import { hasEnded, isUnderWay, type Transition, transitions } from './transitions.ts';

/** The life of tasks, from being given to their end. */
export interface Tasks {
  /**
   * Gives an agent what a message asks of it. Asked twice, it is done once. An agent at
   * work that is only asked how far it is answers at once, and no task is made.
   */
  assignFromMessage(message: ChatMessage, agent: string): Promise<Task | null>;
  /** Gives an agent a task without a message. Errors: as of the store's assignTask. */
  assign(task: Assignment): Promise<Task>;
  /**
   * Gives the task that a message offers since its chain paused, as asked for by a person: once, however
   * often it is asked. Errors: not_found, also where `sees` says no; unknown_agent, queue_full.
   */
  goOn(messageId: number, by: string, sees: (conversationId: string) => boolean): Promise<Task>;
  /**
   * Stops a task by its id, or the one an agent is at, else its next one. A waiting task ends at once; one at
   * work is `stopping` until its worker has ended it. Errors: not_found, unknown_agent, not_running.
   */
  stop(
    which: { task_id?: string | undefined; agent_name?: string | undefined },
    by: string,
    reason?: string,
  ): Promise<Task>;
  /** A worker takes a task. Not claimed when it was taken, stopped, or the agent is at another one. */
  claim(taskId: string, workerId: string): Promise<CommandReply<'claim_task'>>;
  /** A worker tells what the agent does. */
  report(progress: CommandRequest<'report_progress'>, workerId: string): Promise<void>;
  /** A worker tells how a task ended. Later reports change nothing. */
  finish(result: CommandRequest<'finish_task'>, workerId: string): Promise<Task>;
  /** Ends tasks whose worker is gone as interrupted. */
  interrupt(tasks: readonly Task[], reason: string): Promise<void>;
  /** Errors: not_found. */
  get(taskId: string): Promise<Task>;
  active(): Promise<Task[]>;
  /** A task that is under way at a worker. Errors: not_found, also for another worker's; not_running. */
  own(taskId: string, workerId: string): Promise<Task>;
  /** Says in the thread of a worker's task that its agent program was tampered with. Errors: not_found. */
  sayTampered(taskId: string, workerId: string): Promise<Task>;
}

export interface TasksDependencies extends AssigningDependencies {
  readonly team: Team;
  readonly knowledge: Pick<Knowledge, 'modelOf' | 'instructionsFor'>;
}

export function createTasks(dependencies: TasksDependencies): Tasks {
  const { store, team, clock, knowledge } = dependencies;
  const situation = (agent: string, place: string) => situationOf(dependencies, agent, place);

  async function step(
    task: Task,
    transition: Transition,
    rest: Partial<
      Pick<TaskStep, 'worker_id' | 'exclusive' | 'reason' | 'output' | 'changes' | 'announcement'>
    > = {},
  ) {
    return store.stepTask({
      task_id: task.task_id,
      reason: null,
      announcement: null,
      ...transition,
      ...rest,
      at: isoTime(clock),
    });
  }

  async function get(taskId: string): Promise<Task> {
    const task = await store.readTask(taskId);
    if (task === null) throw new ChatError('not_found', `No task has the id "${taskId}".`);
    return task;
  }

  /** Gives an agent a task. Where a chain pauses the room is told, and offered to go on. */
  async function give(asked: Assignment, origin: Origin, now: Situation): Promise<Task> {
    try {
      return await store.assignTask(newTask(dependencies, asked, origin, now));
    } catch (error) {
      if (error instanceof ChatError && error.code === 'chain_paused')
        await store.appendMessage(pausedMessage(asked, origin, isoTime(clock)));
      throw error;
    }
  }

  async function end(
    task: Task,
    outcome: TaskOutcome,
    result: { output: string; reason: string | null; changes: CommandRequest<'finish_task'>['changes'] },
    workerId?: string,
  ): Promise<Task> {
    const mentions = outcome === 'completed' ? peopleIn(result.output) : [];
    const ended = await step(task, transitions[outcome], {
      ...result,
      ...(workerId === undefined ? {} : { worker_id: workerId }),
      announcement: reportMessage(task, outcome, result, isoTime(clock), mentions),
    });
    return ended.task;
  }

  /** A report asks no agent for anything, so it mentions people only. */
  function peopleIn(text: string): string[] {
    return parseMentions(text, team.names).known.filter((name) => team.find(name)?.kind === 'person');
  }

  return {
    get,
    active: () => store.listActiveTasks(),
    async own(taskId, workerId) {
      const task = await taskOfWorker(taskId, workerId);
      if (isUnderWay(task.status)) return task;
      throw new ChatError('not_running', `That task is not under way: ${task.status}.`);
    },
    async assignFromMessage(message, agent) {
      const { name } = team.agent(agent);
      const wanted = requestOf(message, name);
      const now = await situation(name, message.conversation_id);
      const origin = { conversation_id: message.conversation_id, message_id: message.id };
      if (now.busyWith !== undefined && asksForStatus(wanted)) {
        const key = `status-${message.message_id}-${name}`;
        const asked = { agent_name: name, ...origin };
        const text = tellStatus(now.busyWith, now.busyInPrivate);
        await store.appendMessage(agentMessage(asked, text, key, isoTime(clock), { kind: 'answer' }));
        return null;
      }
      const asked_at = message.sender_kind === 'agent' ? message.metadata.task_id : undefined;
      const asked = { agent_name: name, requested_by: message.sender_name, asked_at, ...wanted };
      return give(asked, origin, now);
    },
    async assign({ conversation_id = 'main', message_id = null, ...assignment }) {
      const { name } = team.agent(assignment.agent_name);
      const asked = { ...assignment, agent_name: name };
      return give(asked, { conversation_id, message_id }, await situation(name, conversation_id));
    },
    async goOn(messageId, by, sees) {
      const message = await store.readMessage(messageId);
      const { handover } = message?.metadata ?? {};
      if (message === null || message.deleted || handover === undefined || !sees(message.conversation_id)) {
        throw new ChatError('not_found', `Message ${messageId} has nothing to go on with.`);
      }
      const { name } = team.agent(handover.agent_name);
      const asked = { ...handover, agent_name: name, requested_by: by };
      const origin = { conversation_id: message.conversation_id, message_id: message.id };
      return give(asked, origin, await situation(name, message.conversation_id));
    },
    async stop({ task_id, agent_name }, by, reason = `Stopped by ${by}.`) {
      const task = task_id === undefined ? await taskOf(agent_name) : await get(task_id);
      if (hasEnded(task.status))
        throw new ChatError('not_running', `That task has ended already: ${task.status}.`);
      const cancelled = await step(task, transitions.cancel, {
        reason,
        announcement: reportMessage(task, 'stopped', { output: '', reason, changes: [] }, isoTime(clock)),
      });
      if (cancelled.applied) return cancelled.task;
      return (await step(task, transitions.requestStop, { reason })).task;
    },
    async claim(taskId, workerId) {
      const { applied, task } = await step(await get(taskId), transitions.claim, {
        worker_id: workerId,
        exclusive: true,
      });
      const agent = team.find(task.agent_name) ?? null;
      const known = applied ? agent : null;
      return {
        claimed: applied,
        task: { ...task, model: task.model ?? (known && (await knowledge.modelOf(known))) },
        agent,
        instructions: known === null ? '' : await knowledge.instructionsFor(known),
        context: applied ? await contextOf(task) : [],
        former: applied ? await formerOf(task) : null,
        audience: dependencies.isPrivate?.(task.conversation_id) ? task.conversation_id : publicAudience,
      };
    },
    async report({ task_id, progress, plan, tools, session, session_place, model_wait, anew }, workerId) {
      if (anew !== undefined) {
        const task = await taskOfWorker(task_id, workerId);
        await store.appendMessage(anewMessage(task, anew, isoTime(clock)));
      }
      await store.recordProgress({
        task_id,
        worker_id: workerId,
        progress,
        ...(plan === undefined ? {} : { plan }),
        ...(tools === undefined ? {} : { tools }),
        ...(session === undefined ? {} : { session }),
        ...(session_place === undefined ? {} : { session_place }),
        ...(model_wait === undefined ? {} : { model_wait }),
        at: isoTime(clock),
      });
    },
    async finish({ task_id, outcome, output, reason, changes }, workerId) {
      const task = await get(task_id);
      // Who asked for it says more than that it was asked for.
      const told = outcome === 'stopped' ? (task.reason ?? reason) : reason;
      return end(task, outcome, { output, reason: told, changes }, workerId);
    },
    async sayTampered(taskId, workerId) {
      const task = await taskOfWorker(taskId, workerId);
      await store.appendMessage(tamperingMessage(task, isoTime(clock)));
      return task;
    },
    async interrupt(tasks, reason) {
      for (const task of tasks) await end(task, 'interrupted', { output: '', reason, changes: [] });
    },
  };

  async function taskOfWorker(taskId: string, workerId: string): Promise<Task> {
    const task = await store.readTask(taskId);
    if (task?.worker_id === workerId) return task;
    throw new ChatError('not_found', `No task of this worker has the id "${taskId}".`);
  }

  async function taskOf(agentName: string | undefined): Promise<Task> {
    if (agentName === undefined) throw new ChatError('bad_frame', 'Say which: a task_id, or an agent_name.');
    const { name } = team.agent(agentName);
    const tasks = (await store.listActiveTasks()).filter((task) => task.agent_name === name);
    const task = tasks.find(({ status }) => status !== 'assigned') ?? tasks[0];
    if (task === undefined) throw new ChatError('not_running', `${name} has no task to stop.`);
    return task;
  }

  /** What was said right before the message that asked, in the same thread if it was in one. */
  async function contextOf(task: Task): Promise<ChatMessage[]> {
    const asked = task.message_id === null ? null : await store.readMessage(task.message_id);
    const { messages } = await store.readMessages({
      conversation_id: task.conversation_id,
      before: task.message_id,
      thread_id: asked?.thread_id ?? null,
      limit: limits.contextMessagesMax,
    });
    return messages;
  }

  /** What a task takes up, as far as it helps to go on. */
  async function formerOf({ predecessor }: Task): Promise<Task | null> {
    const former = predecessor && (await store.readTask(predecessor.task_id));
    return former && { ...former, changes: former.changes.map((change) => ({ ...change, diff: '' })) };
  }
}
