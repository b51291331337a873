import type { ConnectionState } from '../../../src/client/index.ts';
import type { ConversationView } from '../../../src/protocol/index.ts';
import type { Action } from './actions.ts';
import { type AppState, emptyRoom } from './app-state.ts';
import { byId } from './approval-state.ts';
import { putCardOf, putCardsOf, putCardsOfThreads, replaceActiveCards } from './card-state.ts';
import { putConversation } from './conversation-state.ts';
import { loadFiles } from './file-state.ts';
import { byId as helpById } from './help-state.ts';
import type { Place } from './place.ts';
import { reduceEvent, withRights } from './reduce-event.ts';
import { addPage, expireTyping, leaveRoom, moveToEnd, putOutgoing, withoutOutgoing } from './room-state.ts';
import { withEveryRoom, withKnownRoom, withLatestRoom, withoutOldRooms, withRoom } from './rooms.ts';
import { replaceActive, withTask } from './task-state.ts';

/** The state after an action. Pure: the same state and action give the same result. */
export function reduce(state: AppState, action: Action): AppState {
  switch (action.type) {
    case 'link_changed':
      return withLink(state, action.link);
    case 'team_loaded': {
      const { members, connected, agents } = action.team;
      const byName = Object.fromEntries(members.map((member) => [member.name, member]));
      return { ...state, members: byName, connected, agents };
    }
    case 'conversations_loaded': {
      const byId = Object.fromEntries(action.conversations.map((view) => [view.conversation_id, view]));
      return { ...state, loaded: true, conversations: byId };
    }
    case 'conversation_entered':
      return putConversation(state, action.conversation);
    case 'threads_loaded': {
      const following = Object.fromEntries(action.threads.map(({ message }) => [message.id, true]));
      const next = { ...state, threads: action.threads, following: { ...state.following, ...following } };
      return putCardsOfThreads(next, action.threads, action.tasks);
    }
    case 'active_tasks_loaded':
      return replaceActiveCards({ ...state, tasks: replaceActive(state.tasks, action.tasks) }, action.tasks);
    case 'files_loaded':
      return { ...state, files: loadFiles(action.files) };
    case 'help_loaded':
      return { ...state, help: helpById(action.requests) };
    case 'approvals_loaded':
      return { ...state, approvals: byId(action.approvals) };
    case 'task_loaded':
      return putCardOf({ ...state, tasks: withTask(state.tasks, action.task) }, action.task);
    case 'event':
      return reduceEvent(state, action.event, action.now);
    case 'outgoing_put':
      return withRoom(state, action.outgoing, (room) => putOutgoing(room, action.outgoing));
    case 'outgoing_dropped':
      return withRoom(state, action.outgoing, (room) => ({
        ...room,
        outbox: withoutOutgoing(room.outbox, action.outgoing.client_message_id),
      }));
    case 'typing_expired':
      return withEveryRoom(state, (room) => expireTyping(room, action.now));
    case 'editing_changed':
      return { ...state, editing: action.editing };
    case 'search_changed':
      return { ...state, search: action.search };
    case 'toast_changed':
      return { ...state, toast: action.toast };
    default:
      return reduceReading(state, action);
  }
}

type ReadingAction = Extract<
  Action,
  {
    type:
      | 'rooms_forgotten'
      | 'page_loaded'
      | 'notice_dismissed'
      | 'room_opened'
      | 'room_left'
      | 'attention_changed'
      | 'end_changed'
      | 'unread_shown'
      | 'marked_unread';
  }
>;

/** What is on the screen, and who looks. */
function reduceReading(state: AppState, action: ReadingAction): AppState {
  switch (action.type) {
    case 'rooms_forgotten':
      return forgetRooms(state);
    case 'page_loaded': {
      const { place, part, page } = action;
      const loaded = withRoom(state, place, (room) => addPage(room, part, page, state.self.user_id));
      const following = Object.fromEntries(page.following.map((id) => [id, true]));
      return putCardsOf({ ...loaded, following: { ...state.following, ...following } }, page);
    }
    case 'notice_dismissed':
      return withRoom(state, action.place, (room) => ({
        ...room,
        notices: room.notices.filter((notice) => notice.notice_id !== action.notice_id),
      }));
    case 'room_opened':
      return withLatestRoom(state, action.place, (room) => ({
        ...room,
        open: true,
        atEnd: false,
        newFrom: unreadFrom(state, action.place),
      }));
    case 'room_left':
      return withoutOldRooms(withKnownRoom(state, action.place, (room) => leaveRoom(room, action.at)));
    case 'attention_changed':
      return withKnownRoom(state, action.place, (room) =>
        action.attended
          ? { ...room, attended: true, keptUnread: false, newFrom: unreadFrom(state, action.place) }
          : { ...room, attended: false, newFrom: viewOf(state, action.place)?.last_read_id ?? null },
      );
    case 'end_changed':
      return withKnownRoom(state, action.place, (room) => moveToEnd(room, action.atEnd));
    case 'unread_shown':
      return withKnownRoom(state, action.place, (room) => ({
        ...room,
        newFrom: unreadFrom(state, action.place),
      }));
    case 'marked_unread':
      return withRoom(state, action.place, (room) => ({
        ...room,
        keptUnread: true,
        newFrom: action.message_id - 1,
      }));
  }
}

function viewOf(state: AppState, { conversation_id }: Place): ConversationView | undefined {
  return state.conversations[conversation_id];
}

/** Where one begins to read; null when there is nothing new. */
export function unreadFrom(state: AppState, place: Place): number | null {
  const view = viewOf(state, place);
  return view && view.unread_count > 0 ? view.last_read_id : null;
}

/**
 * Too much was missed: what is held may be out of date. What is on the screen stays there until it is loaded
 * anew; of the rest only what waits to be sent is kept.
 */
function forgetRooms(state: AppState): AppState {
  const rooms = Object.entries(state.rooms)
    .filter(([, room]) => room.open || room.outbox.length > 0)
    .map(([key, room]) => [key, room.open ? room : { ...emptyRoom, outbox: room.outbox }]);
  return { ...state, rooms: Object.fromEntries(rooms) };
}

function withLink(state: AppState, link: ConnectionState): AppState {
  const lost = state.link.kind === 'online' && link.kind !== 'online';
  const self = link.kind === 'online' ? withRights(state, link.self.role, link.self.permissions) : state;
  const next = { ...self, link, wasOnline: state.wasOnline || lost };
  return lost ? withEveryRoom(next, (room) => ({ ...room, typing: {} })) : next;
}
