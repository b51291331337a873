import type { ServerEvent } from '../../../src/protocol/index.ts';
import type { AppState } from './app-state.ts';
import { putApproval } from './approval-state.ts';
import { hearForCards, putCardOf, withReport } from './card-state.ts';
import { countMessage, dropConversation, moveReadPosition, putConversation } from './conversation-state.ts';
import { applyFileEvent } from './file-state.ts';
import { putHelp } from './help-state.ts';
import { withoutText, withReaction } from './message-state.ts';
import { addMessage, addNotice, setTyping } from './room-state.ts';
import { withEveryRoom, withKnownRoom, withMessage, withoutMessages } from './rooms.ts';
import { applyCompletion, applyNotification, inOrder, withTask } from './task-state.ts';

/** The state after something that the server told. */
export function reduceEvent(state: AppState, event: ServerEvent, now: number): AppState {
  switch (event.type) {
    case 'chat_message':
    case 'message_edited':
    case 'message_deleted':
    case 'reaction_update':
    case 'message_pinned':
    case 'thread_update':
      return reduceMessageEvent(state, event);
    case 'messages_removed':
      return withoutMessages(state, event.data.conversation_id, event.data.ids);
    case 'thread_follow':
      return withFollowing(state, event.data.message_id, event.data.on);
    case 'read_update':
      return moveReadPosition(state, event.data);
    case 'conversation_update':
      return putConversation(state, event.data);
    case 'conversation_left':
    case 'conversation_deleted':
      return dropConversation(state, event.data.conversation_id);
    case 'typing': {
      const { user_id, is_typing, conversation_id } = event.data;
      if (user_id === state.self.user_id) return state;
      const place = { conversation_id, thread_id: null };
      return withKnownRoom(state, place, (room) => setTyping(room, user_id, is_typing, now));
    }
    case 'notice': {
      const { code, message, agents, conversation_id } = event.data;
      const notice = { code, text: message, agents };
      return withKnownRoom(state, { conversation_id, thread_id: null }, (room) => addNotice(room, notice));
    }
    case 'file_locked':
    case 'file_released':
    case 'lock_request_update':
    case 'files_changed':
      return { ...state, files: applyFileEvent(state.files, event) };
    case 'server_status':
      return { ...state, server: event.data };
    case 'task_notification': {
      const { task_id } = event.data;
      const task = applyNotification(state.tasks[task_id], event.data);
      return putCardOf({ ...state, tasks: withTask(state.tasks, task) }, task);
    }
    case 'task_queue_update':
      return { ...state, tasks: inOrder(state.tasks, event.data.task_ids) };
    case 'task_completion': {
      const task = applyCompletion(state.tasks[event.data.task_id], event.data);
      return task ? putCardOf({ ...state, tasks: { ...state.tasks, [task.task_id]: task } }, task) : state;
    }
    case 'help_request':
    case 'help_update':
      return putHelp(state, event.data);
    case 'approval_requested':
    case 'approval_answered':
      return putApproval(state, event.data);
    default:
      return reduceTeamEvent(state, event, now);
  }
}

type MessageEvent = Extract<
  ServerEvent,
  {
    type:
      | 'chat_message'
      | 'message_edited'
      | 'message_deleted'
      | 'reaction_update'
      | 'message_pinned'
      | 'thread_update';
  }
>;

function reduceMessageEvent(state: AppState, event: MessageEvent): AppState {
  switch (event.type) {
    case 'chat_message': {
      const heard = withKnownRoom(state, event.data, (room) =>
        addMessage(room, event.data, state.self.user_id),
      );
      return hearForCards(countMessage(heard, event.data), event.data);
    }
    case 'message_edited':
      return withReport(
        withMessage(state, event.data, () => event.data),
        event.data.id,
        () => event.data,
      );
    case 'message_deleted':
      return withReport(withMessage(state, event.data, withoutText), event.data.id, withoutText);
    case 'reaction_update': {
      const { message_id: id, conversation_id } = event.data;
      return withMessage(state, { id, conversation_id }, (message) => ({
        ...message,
        reactions: withReaction(message.reactions, event.data),
      }));
    }
    case 'message_pinned': {
      const { message_id: id, conversation_id, on } = event.data;
      return withMessage(state, { id, conversation_id }, (message) => ({ ...message, pinned: on }));
    }
    case 'thread_update': {
      const { message_id: id, conversation_id, thread } = event.data;
      return withMessage(state, { id, conversation_id }, (message) => ({ ...message, thread }));
    }
  }
}

function reduceTeamEvent(state: AppState, event: ServerEvent, now: number): AppState {
  switch (event.type) {
    case 'member_joined':
    case 'member_updated':
      return { ...state, members: { ...state.members, [event.data.name]: event.data } };
    case 'member_left': {
      const { [event.data.name]: _member, ...members } = state.members;
      const { [event.data.name]: _agent, ...agents } = state.agents;
      return { ...state, members, agents };
    }
    case 'permissions':
      return withRights(state, event.data.role, event.data.permissions);
    case 'agent_status_update':
      return { ...state, agents: { ...state.agents, [event.data.agent_name]: event.data } };
    case 'user_status': {
      const { user_id, status } = event.data;
      const others = state.connected.filter((name) => name !== user_id);
      const connected = status === 'connected' ? [...others, user_id] : others;
      const left = status === 'connected' ? state : withoutTyping(state, user_id, now);
      return { ...left, connected };
    }
    default:
      return state;
  }
}

/** The state of somebody who has this role now. */
export function withRights(state: AppState, role: string, permissions: readonly string[] = []): AppState {
  return { ...state, self: { ...state.self, role }, permissions };
}

function withFollowing(state: AppState, id: number, on: boolean): AppState {
  const threads = on ? state.threads : state.threads.filter(({ message }) => message.id !== id);
  return { ...state, threads, following: { ...state.following, [id]: on } };
}

function withoutTyping(state: AppState, name: string, now: number): AppState {
  return withEveryRoom(state, (room) => (name in room.typing ? setTyping(room, name, false, now) : room));
}
