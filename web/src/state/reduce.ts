import type { ConnectionState } from '../../../src/client/index.ts';
import type { ServerEvent } from '../../../src/protocol/index.ts';
import type { Action } from './actions.ts';
import { type AppState, emptyRoom, type Room } from './app-state.ts';
import {
  addMessage,
  addNewestPage,
  addNotice,
  addOlderPage,
  expireTyping,
  putOutgoing,
  setTyping,
  trimRoom,
  withoutOutgoing,
} from './room-state.ts';
import { applyCompletion, applyNotification, replaceActive } from './task-state.ts';

/** The state after an action. Pure: the same state and action give the same result. */
export function reduce(state: AppState, action: Action): AppState {
  switch (action.type) {
    case 'link_changed':
      return withLink(state, action.link);
    case 'team_loaded': {
      const { members, connected, agents, conversations } = action.team;
      const byName = Object.fromEntries(members.map((member) => [member.name, member]));
      return { ...state, loaded: true, members: byName, connected, agents, conversations };
    }
    case 'active_tasks_loaded':
      return { ...state, tasks: replaceActive(state.tasks, action.tasks) };
    case 'task_loaded':
      return { ...state, tasks: { ...state.tasks, [action.task.task_id]: action.task } };
    case 'newest_page_loaded':
      return withRoom(state, action.page.conversation_id, (room) =>
        addNewestPage(room, action.page, state.self.user_id),
      );
    case 'older_page_loaded':
      return withRoom(state, action.page.conversation_id, (room) => addOlderPage(room, action.page));
    case 'event':
      return withEvent(state, action.event, action.now);
    case 'outgoing_put':
      return withRoom(state, action.outgoing.conversation_id, (room) => putOutgoing(room, action.outgoing));
    case 'outgoing_dropped':
      return withRoom(state, action.conversation_id, (room) => ({
        ...room,
        outbox: withoutOutgoing(room.outbox, action.client_message_id),
      }));
    case 'notice_dismissed':
      return withRoom(state, action.conversation_id, (room) => ({
        ...room,
        notices: room.notices.filter((notice) => notice.notice_id !== action.notice_id),
      }));
    case 'typing_expired':
      return withEveryRoom(state, (room) => expireTyping(room, action.now));
    case 'read':
      return withRoom(state, action.conversation_id, (room) => {
        const newest = room.messages.at(-1)?.id ?? room.readTo;
        return newest === room.readTo ? room : trimRoom({ ...room, readTo: newest });
      });
    case 'reader_left':
      return withRoom(state, action.conversation_id, (room) => ({ ...room, newFrom: room.readTo }));
  }
}

function withEvent(state: AppState, event: ServerEvent, now: number): AppState {
  switch (event.type) {
    case 'chat_message':
      return withRoom(state, event.data.conversation_id, (room) =>
        addMessage(room, event.data, state.self.user_id),
      );
    case 'messages_removed': {
      const removed = new Set(event.data.ids);
      return withRoom(state, event.data.conversation_id, (room) => {
        const messages = room.messages.filter(({ id }) => !removed.has(id));
        return messages.length === room.messages.length ? room : { ...room, messages };
      });
    }
    case 'member_joined':
      return { ...state, members: { ...state.members, [event.data.name]: event.data } };
    case 'member_left': {
      const { [event.data.name]: _member, ...members } = state.members;
      const { [event.data.name]: _agent, ...agents } = state.agents;
      return { ...state, members, agents };
    }
    case 'agent_status_update':
      return { ...state, agents: { ...state.agents, [event.data.agent_name]: event.data } };
    case 'task_notification': {
      const { task_id } = event.data;
      return {
        ...state,
        tasks: { ...state.tasks, [task_id]: applyNotification(state.tasks[task_id], event.data) },
      };
    }
    case 'task_completion': {
      const task = applyCompletion(state.tasks[event.data.task_id], event.data);
      return task ? { ...state, tasks: { ...state.tasks, [task.task_id]: task } } : state;
    }
    case 'user_status': {
      const { user_id, status } = event.data;
      const others = state.connected.filter((name) => name !== user_id);
      const connected = status === 'connected' ? [...others, user_id] : others;
      const left = status === 'connected' ? state : withoutTyping(state, user_id, now);
      return { ...left, connected };
    }
    case 'typing': {
      const { user_id, is_typing, conversation_id } = event.data;
      if (user_id === state.self.user_id) return state;
      return withRoom(state, conversation_id, (room) => setTyping(room, user_id, is_typing, now));
    }
    case 'notice': {
      const { code, message, agents, conversation_id } = event.data;
      return withRoom(state, conversation_id, (room) => addNotice(room, { code, text: message, agents }));
    }
    case 'server_status':
      return { ...state, server: event.data };
    default:
      return state;
  }
}

/**
 * Whoever comes back and hears all that was missed goes on as if nothing had been. If not, what every room
 * holds is marked: whatever comes later may have a gap before it.
 */
function withLink(state: AppState, link: ConnectionState): AppState {
  const lost = state.link.kind === 'online' && link.kind !== 'online';
  const next = { ...state, link };
  if (lost) return withEveryRoom(next, (room) => ({ ...room, typing: {} }));
  if (link.kind !== 'online' || link.recovered) return next;
  return withEveryRoom(next, (room) => ({
    ...room,
    syncedTo: room.syncedTo ?? room.messages.at(-1)?.id ?? null,
  }));
}

function withoutTyping(state: AppState, name: string, now: number): AppState {
  return withEveryRoom(state, (room) => (name in room.typing ? setTyping(room, name, false, now) : room));
}

function withRoom(state: AppState, id: string, change: (room: Room) => Room): AppState {
  const room = state.rooms[id] ?? emptyRoom;
  const changed = change(room);
  return changed === room ? state : { ...state, rooms: { ...state.rooms, [id]: changed } };
}

function withEveryRoom(state: AppState, change: (room: Room) => Room): AppState {
  let next = state;
  for (const id of Object.keys(state.rooms)) next = withRoom(next, id, change);
  return next;
}
