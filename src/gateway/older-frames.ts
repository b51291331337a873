import type {
  ActiveTask,
  ChatMessage,
  CommandRequest,
  CommandType,
  EphemeralEvent,
  JournalEvent,
  Task,
  TaskNotification,
} from '../protocol/index.ts';
import type { SignedInConnection } from './connection.ts';
import type { FanOut } from './fan-out.ts';

/** Of a task's text, in frames of older clients. */
const taskCharsMax = 100;

/** Those who listen as older clients do. */
export interface OlderListeners {
  add(state: SignedInConnection['state']): void;
  tell(events: readonly JournalEvent[]): void;
}

export function createOlderListeners(fanOut: FanOut): OlderListeners {
  /** There is one, or was: else nothing is made for nobody. */
  let isHeard = false;
  return {
    add(state) {
      state.isOlder = true;
      isHeard = true;
    },
    tell(events) {
      if (!isHeard) return;
      for (const event of events) {
        for (const frame of olderFrames(event)) fanOut.announceToOlder(frame, event.scope);
      }
    },
  };
}

/** What happened, in the frames of older clients that the present ones replaced. */
function olderFrames(event: JournalEvent): EphemeralEvent[] {
  switch (event.type) {
    case 'chat_message': {
      const { id: message_id, sender, text, mentions, timestamp, is_command = false } = event.data;
      return [
        { type: 'message_update', data: { message_id, sender, text, mentions, timestamp, is_command } },
        { type: 'agent_activity', data: { type: 'message_processed', sender, mentions, timestamp } },
      ];
    }
    case 'help_request': {
      const { agent_name: employee, progress, issue, timestamp } = event.data;
      const task = event.data.task.slice(0, taskCharsMax);
      const data = { type: 'help_requested', employee, task, progress, issue, timestamp } as const;
      return [{ type: 'agent_activity', data }];
    }
    case 'task_completion': {
      const { agent_name: employee, task, timestamp } = event.data;
      return [{ type: 'agent_activity', data: { type: 'task_completed', employee, task, timestamp } }];
    }
    case 'task_notification':
      return taskUpdate(event.data);
    default:
      return [];
  }
}

function taskUpdate({ type, timestamp, ...told }: TaskNotification): EphemeralEvent[] {
  const { agent_name: employee, task_id: session_id, task_description, metadata } = told;
  if (type === 'started') {
    const { model, mode } = metadata;
    const task = task_description.slice(0, taskCharsMax);
    const data = { type: 'task_started', employee, session_id, task, model, mode, timestamp } as const;
    return [{ type: 'task_update', data }];
  }
  const isEnd = type === 'completed' || type === 'failed' || type === 'stopped' || type === 'interrupted';
  return isEnd ? [{ type: 'task_update', data: { type: 'task_stopped', employee, timestamp } }] : [];
}

/** A task that has not ended, also in the words of a notification. */
export function toActiveTask(task: Task): ActiveTask {
  const { status, progress, description: task_description, model, mode } = task;
  const type = status === 'working' ? (progress > 0 ? 'progress' : 'started') : status;
  const timestamp = task.started_at ?? task.created_at;
  return { ...task, type, task_description, timestamp, metadata: { model, mode } };
}

/** A message of the history, also in the words of what older clients call a persisted message. */
export function toPersistedMessage(message: ChatMessage) {
  const { is_command = false, command = null, command_args = [] } = message;
  const metadata = { ...message.metadata, is_command, command, command_args };
  return { ...message, message_type: 'chat_message', metadata };
}

/** What a command asks for. Older clients, whose frames have no `request_id`, know no threads. */
export function meantRequest<T extends CommandType>(command: {
  readonly type: T;
  readonly requestId: unknown;
  readonly request: CommandRequest<T>;
}): CommandRequest<T> {
  const isOlderHistory = command.type === 'get_chat_history' && command.requestId === undefined;
  return isOlderHistory ? { replies: true, ...command.request } : command.request;
}
