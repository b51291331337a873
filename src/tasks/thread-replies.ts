import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import { ChatError, type ChatMessage, limits, type Task, type TaskKind } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import { threadRootOf } from '../store/thread-root.ts';
import type { Team } from '../team/team.ts';
import { agentMessage, understoodText } from './announcements.ts';
import { asksForStatus, requestOf } from './request.ts';
import { isSteerable } from './task-life.ts';
import type { Tasks } from './tasks.ts';

/** What messages in the thread of a task mean for it, and what the deletion of a message means. */
export interface ThreadReplies {
  /**
   * Brings a reply to an agent: the task that it is at in that thread, or that waits for it there, is told;
   * else it is given what the reply asks. A read-only reply is not told to work, which may change files, and
   * no other is told to a question, which may change none; one that is too long to be told is a task. Once
   * for each message. Errors: as of assigning; limit_reached, when the task was told as much as it may be.
   */
  take(reply: ChatMessage, agent: string): Promise<void>;
  /**
   * What the deleted message asked for is withdrawn while nobody has begun it; where an agent is at it, the
   * thread says so, and how to stop it. What the message told a task is taken back, if its agent has not read
   * it.
   */
  requestDeleted(deleted: { readonly id: number; readonly deleted_by: string }): Promise<void>;
}

export interface ThreadRepliesDependencies {
  readonly store: Store;
  readonly team: Team;
  readonly clock: Clock;
  readonly tasks: Pick<Tasks, 'assignFromMessage' | 'stop' | 'active'>;
}

export function createThreadReplies({ store, team, clock, tasks }: ThreadRepliesDependencies): ThreadReplies {
  /** The task of an agent that is under way or waits in the thread of a reply, and may do what it asks. */
  async function taskInThread(reply: ChatMessage, agent: string, kind: TaskKind): Promise<Task | undefined> {
    const root = await threadRootOf(store, reply);
    for (const task of await tasks.active()) {
      if (task.agent_name !== agent || task.kind !== kind) continue;
      if (task.message_id === null || !isSteerable(task)) continue;
      const asked = await store.readMessage(task.message_id);
      if (asked?.conversation_id !== reply.conversation_id) continue;
      if ((await threadRootOf(store, asked)) === root) return task;
    }
    return undefined;
  }

  /** Tells a task. False: it has just ended, and cannot be told any more. */
  async function tell(task: Task, { message_id, text, sender_name }: ChatMessage): Promise<boolean> {
    const at = isoTime(clock);
    const steer = { steer_id: message_id, text, when: 'next', by: sender_name } as const;
    try {
      await store.steerTask({ task_id: task.task_id, steer, announcement: null, at });
      return true;
    } catch (error) {
      if (error instanceof ChatError && error.code === 'not_running') return false;
      throw error;
    }
  }

  async function acknowledge(task: Task, reply: ChatMessage): Promise<void> {
    const answered = { ...task, message_id: reply.id };
    const when =
      task.status === 'assigned' ? 'I read it when I start the task.' : 'I read it after this step.';
    const text = understoodText(reply.text, when);
    const metadata = { kind: 'acknowledgement', task_id: task.task_id } as const;
    const key = `told-${reply.message_id}-${task.agent_name}`;
    await store.appendMessage(agentMessage(answered, text, key, isoTime(clock), metadata));
  }

  async function sayDeleted(
    task: Task,
    { id, deleted_by }: { id: number; deleted_by: string },
  ): Promise<void> {
    const { agent_name, conversation_id, task_id } = task;
    await store.appendMessage({
      conversation_id,
      sender_name: 'system',
      sender_kind: 'system',
      text:
        `${deleted_by} deleted the message that asked for this, and ${agent_name} is at it already. ` +
        `To end it, press Stop or type \`/stop ${agent_name}\`.`,
      mentions: [],
      reply_to: id,
      client_message_id: `request-deleted-${task_id}`,
      metadata: { kind: 'request_deleted', task_id },
      at: isoTime(clock),
    });
  }

  return {
    async take(reply, agent) {
      const { name } = team.agent(agent);
      const asked = requestOf(reply, name);
      // More than a task can be told is a task of its own: nothing of it is cut off.
      const isTold = !asksForStatus(asked) && reply.text.length <= limits.steerCharsMax;
      const task = isTold ? await taskInThread(reply, name, asked.kind) : undefined;
      if (task !== undefined && (await tell(task, reply))) await acknowledge(task, reply);
      else await tasks.assignFromMessage(reply, name);
    },
    async requestDeleted(deleted) {
      const message_id = (await store.readMessage(deleted.id))?.message_id;
      for (const task of await tasks.active()) {
        if (task.message_id === deleted.id) {
          if (task.status === 'assigned') {
            const reason = `${deleted.deleted_by} deleted the message that asked for it.`;
            await tasks.stop({ task_id: task.task_id }, deleted.deleted_by, reason);
          } else if (task.status !== 'stopping') await sayDeleted(task, deleted);
        } else if (message_id !== undefined && task.steers.some(({ steer_id }) => steer_id === message_id)) {
          await store.withdrawSteer({ task_id: task.task_id, steer_id: message_id, at: isoTime(clock) });
        }
      }
    },
  };
}
