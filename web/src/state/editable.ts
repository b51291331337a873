import type { ChatMessage } from '../../../src/protocol/index.ts';
import type { Room } from './app-state.ts';
import { isOwn } from './room-state.ts';

/** Only people change what they said, and only while it is there. */
export function isEditable(message: ChatMessage, self: string): boolean {
  return isOwn(message, self) && !message.deleted;
}

/** What ArrowUp in an empty composer changes. */
export function lastEditable(room: Room, self: string): ChatMessage | undefined {
  return room.messages.findLast((message) => isEditable(message, self));
}
