import type { ConnectionState } from '../../../src/client/index.ts';
import type {
  AgentStatus,
  ChatMessage,
  Conversation,
  EphemeralEvent,
  Member,
  Task,
} from '../../../src/protocol/index.ts';

/** All that the page knows of the team: what the server said, and what waits to be said. Plain data. */
export interface AppState {
  readonly self: Self;
  readonly link: ConnectionState;
  /** The first snapshot has arrived. */
  readonly loaded: boolean;
  readonly members: Readonly<Record<string, Member>>;
  /** People with an open connection. */
  readonly connected: readonly string[];
  readonly agents: Readonly<Record<string, AgentStatus>>;
  readonly conversations: readonly Conversation[];
  readonly rooms: Readonly<Record<string, Room>>;
  readonly tasks: Readonly<Record<string, Task>>;
  readonly server: ServerStatus | null;
}

export interface Self {
  readonly user_id: string;
  readonly role: string;
}

export type ServerStatus = Extract<EphemeralEvent, { type: 'server_status' }>['data'];

/** What is held of one conversation. */
export interface Room {
  /** Rising by id, each once. */
  readonly messages: readonly ChatMessage[];
  readonly loaded: boolean;
  readonly hasMore: boolean;
  /** The newest id held when the connection was lost: what came later may have a gap before it. */
  readonly syncedTo: number | null;
  /** Everything up to this id was on the screen of an attentive reader. */
  readonly readTo: number;
  /** Where the reader left; what others said after it is marked as new. */
  readonly newFrom: number | null;
  readonly outbox: readonly Outgoing[];
  readonly notices: readonly Notice[];
  /** Who types, and until when that is believed (milliseconds). */
  readonly typing: Readonly<Record<string, number>>;
}

/** A message that the server has not confirmed. */
export interface Outgoing {
  readonly client_message_id: string;
  readonly conversation_id: string;
  readonly text: string;
  readonly at: string;
  readonly state: 'sending' | 'waiting' | 'refused';
  /** Why it was refused, for people. */
  readonly reason: string | null;
}

/** A word from the server to this person alone, shown where it was said. */
export interface Notice {
  readonly notice_id: string;
  readonly code: string;
  readonly text: string;
  readonly agents: readonly string[];
  /** It stands after this message. */
  readonly afterId: number;
}

export const emptyRoom: Room = {
  messages: [],
  loaded: false,
  hasMore: false,
  syncedTo: null,
  readTo: 0,
  newFrom: null,
  outbox: [],
  notices: [],
  typing: {},
};

export function initialState(self: Self): AppState {
  return {
    self,
    link: { kind: 'connecting', attempt: 0 },
    loaded: false,
    members: {},
    connected: [],
    agents: {},
    conversations: [],
    rooms: {},
    tasks: {},
    server: null,
  };
}
