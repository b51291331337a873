import type { ChatMessage } from '../../../src/protocol/index.ts';
import { type AppState, emptyRoom, type Room } from './app-state.ts';
import { isWithin, type Place, placeKey } from './place.ts';

/** Of so many that are not on the screen the messages are kept; of those left longest ago they are let go. */
export const heldRoomsMax = 40;

export function withRoom(state: AppState, place: Place, change: (room: Room) => Room): AppState {
  const key = placeKey(place);
  const room = state.rooms[key] ?? emptyRoom;
  const changed = change(room);
  return changed === room ? state : { ...state, rooms: { ...state.rooms, [key]: changed } };
}

/** The same where something is held already; elsewhere nothing is begun. */
export function withKnownRoom(state: AppState, place: Place, change: (room: Room) => Room): AppState {
  return placeKey(place) in state.rooms ? withRoom(state, place, change) : state;
}

export function withEveryRoom(state: AppState, change: (room: Room) => Room): AppState {
  return withRooms(state, () => true, change);
}

/** A message may stand in its conversation and in the thread that hangs from it. */
export function withMessage(
  state: AppState,
  at: { readonly conversation_id: string; readonly id: number },
  change: (message: ChatMessage) => ChatMessage,
): AppState {
  const changed = withRooms(
    state,
    (key) => isWithin(key, at.conversation_id),
    (room) => {
      const index = room.messages.findLastIndex(({ id }) => id === at.id);
      const message = room.messages[index];
      return message ? { ...room, messages: room.messages.with(index, change(message)) } : room;
    },
  );
  if (!changed.threads.some(({ message }) => message.id === at.id)) return changed;
  const threads = changed.threads.map((thread) =>
    thread.message.id === at.id ? { ...thread, message: change(thread.message) } : thread,
  );
  return { ...changed, threads };
}

/** Messages that are no longer kept are gone without a trace. */
export function withoutMessages(state: AppState, conversationId: string, ids: readonly number[]): AppState {
  const removed = new Set(ids);
  return withRooms(
    state,
    (key) => isWithin(key, conversationId),
    (room) => {
      const messages = room.messages.filter(({ id }) => !removed.has(id));
      return messages.length === room.messages.length ? room : { ...room, messages };
    },
  );
}

/** A place was opened: it is the one that was looked at last. */
export function withLatestRoom(state: AppState, place: Place, change: (room: Room) => Room): AppState {
  const { [placeKey(place)]: room = emptyRoom, ...others } = state.rooms;
  return { ...state, rooms: { ...others, [placeKey(place)]: change(room) } };
}

/** Lets go of the messages of what was left longest ago, where there are too many. The outbox stays. */
export function withoutOldRooms(state: AppState): AppState {
  const idle = Object.entries(state.rooms).filter(([, room]) => !room.open && room.loaded);
  const old = new Set(idle.slice(0, Math.max(0, idle.length - heldRoomsMax)).map(([key]) => key));
  return withRooms(
    state,
    (key) => old.has(key),
    ({ outbox, heardTo }) => ({ ...emptyRoom, outbox, heardTo }),
  );
}

function withRooms(state: AppState, which: (key: string) => boolean, change: (room: Room) => Room): AppState {
  let rooms = state.rooms;
  for (const [key, room] of Object.entries(state.rooms)) {
    if (!which(key)) continue;
    const changed = change(room);
    if (changed !== room) rooms = { ...rooms, [key]: changed };
  }
  return rooms === state.rooms ? state : { ...state, rooms };
}
